#!/bin/sh
# 用法 usage: base-backup.sh FOLDER   （PGHOST、PGUSER 等照 libpq 的变量）
# 每周一次；配合归档，可恢复到其后任一时刻 Once a week: with the archive it restores any moment after it.
set -eu
umask 077
folder=$1/base-$(date -u +%Y%m%dT%H%M%SZ)
pg_basebackup --pgdata "$folder.part" --wal-method stream --checkpoint fast --manifest-checksums SHA256
pg_verifybackup "$folder.part" > /dev/null
mv "$folder.part" "$folder"
echo "$folder"
