#!/usr/bin/env bash
# Copies one validator while it stands still: backup.sh validator-1 FOLDER. Its key goes along, so the copy is as secret as the node.
set -euo pipefail
node=${1:?backup.sh VALIDATOR FOLDER}; folder=$(realpath -m -- "${2:?backup.sh VALIDATOR FOLDER}")
cd "$(dirname "$0")"
[ -d "network/$node" ] || { echo "There is no $node."; exit 1; }
[ ! -e "$folder/$node.tar" ] || { echo "$folder/$node.tar is there already."; exit 1; }
umask 077
mkdir -p "$folder"
docker compose stop "$node"
trap 'docker compose start "$node"' EXIT
tar --create --file "$folder/$node.tar.part" --directory network genesis.json "$node"
mv "$folder/$node.tar.part" "$folder/$node.tar"
echo "$folder/$node.tar"
