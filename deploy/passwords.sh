# Writes random passwords of the stores of compose.yaml into a folder, once: a volume that
# has them keeps them, since PostgreSQL takes its password only when it makes its files.
set -eu
cd "$1"
umask 022 # the containers that mount the folder run as different users
random() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
for name in postgres redis minio; do
  [ -s "$name" ] || { random >"$name.new" && mv "$name.new" "$name"; }
done
printf 'postgres://aigc:%s@postgres:5432/aigc?sslmode=disable' "$(cat postgres)" >database_url
printf 'redis://:%s@redis:6379/0' "$(cat redis)" >redis_url
