#!/bin/sh
# 用法 usage: recover.sh BASE ARCHIVE DATA [TIME]
# 由基础备份和归档恢复到新的数据目录；TIME 为要回到的时刻，不写则到归档末尾。随后启动 PostgreSQL。
# Makes a new data folder of a base backup and the archive; TIME is the moment to return to, else the archive's end.
set -eu
umask 077
[ ! -e "$3" ] || { echo "$3 已存在，不会覆盖 exists and is not overwritten" >&2; exit 1; }
cp -R "$1" "$3"
{
    echo "restore_command = 'cp \"$2/%f\" \"%p\"'"
    [ -z "${4:-}" ] || echo "recovery_target_time = '$4'"
    echo "recovery_target_action = promote"
} >> "$3/postgresql.auto.conf"
touch "$3/recovery.signal"
