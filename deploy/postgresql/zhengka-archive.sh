#!/bin/sh
# 用法 usage: zhengka-archive.sh SEGMENT TARGET （archive_command）
# 写全、落盘后才改名；已有且相同算成功，不同算失败 Whole and on disk before it has its name; never over another.
set -eu
if [ -e "$2" ]; then
    cmp -s "$1" "$2"
    exit
fi
cp "$1" "$2.part"
sync "$2.part"
mv "$2.part" "$2"
sync "$(dirname "$2")"
