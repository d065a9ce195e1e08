#!/usr/bin/env bash
# Starts the four validators and waits until they make blocks.
set -euo pipefail
cd "$(dirname "$0")"
[ ! -f .env ] || { set -a; . ./.env; set +a; } # docker compose reads it by itself, this shell does not
[ -f network/genesis.json ] || { echo "Make the keys first: identity ledger network-keys --validators 4 --chain-id 10037 --out network"; exit 1; }
: "${BESU_VERSION:?Set BESU_VERSION to a release of Besu, for instance in .env}"
docker compose up --detach
block() { curl --silent --max-time 2 --header 'Content-Type: application/json' --data '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}' http://127.0.0.1:8545 | sed -n 's/.*"result":"0x\([0-9a-f]*\)".*/\1/p'; }
for _ in $(seq 60); do
  now=$(block || true)
  if [ -n "$now" ] && [ "$((16#$now))" -gt 1 ]; then echo "Block $((16#$now)): the network runs."; exit 0; fi
  sleep 2
done
echo "No blocks after two minutes: docker compose logs says why."; exit 1
