#!/bin/sh
# 用法 usage: backup.sh FOLDER KEEP
# 备份并签署日志头；保留最近 KEEP 份 Makes a backup and a signed head of the journal; keeps the last KEEP of each.
set -eu
umask 077
folder=$1
keep=$2
zhengka=${ZHENGKA:-/opt/zhengka/bin/zhengka}
name=$folder/zhengka-$(date -u +%Y%m%dT%H%M%SZ)

# 照片和附件存入 $folder/photographs，每个只存一次 Photographs are copied once, into $folder/photographs.
"$zhengka" backup --apart --out "$name.zip" ${BACKUP_KEY:+--encrypt-to "$BACKUP_KEY"}
"$zhengka" audit head > "$name.head.json.part"
mv "$name.head.json.part" "$name.head.json"

# 只在新备份写成之后才删旧的 Old ones go only after the new one is whole.
for kind in zip zip.photographs head.json; do
    ls -1 "$folder" | grep -E "^zhengka-[0-9TZ]+\.$kind\$" | sort -r | tail -n "+$((keep + 1))" | while read -r old; do
        rm -- "$folder/$old"
    done
done

# 不再有备份需要的照片 Photographs that no backup needs any more.
"$zhengka" backups prune "$folder"
