#!/usr/bin/env bash
# Times CNI ADD: the whole process of netpol against the whole process of Debian's `bandwidth` plugin, both chained after ptp on
# containers of one node. The two take turns, in changing order, so that whatever else the machine does meets both.
# Prints the medians in milliseconds and leaves them in artifacts/bench/cni.json; exit code 1 where netpol is slower.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

rounds=${1:-101}
stock=/usr/lib/cni
node=np-bench-$$
work=$(mktemp -d)

cleanup() {
	local name
	# An ADD's settling goes on for some milliseconds.
	[ ! -e "$work/state/settle.lock" ] || flock -w 10 "$work/state/settle.lock" true
	for name in $(ip netns list | awk -v prefix="$node" 'index($1, prefix) == 1 { print $1 }'); do ip netns del "$name"; done
	if mountpoint -q "$work/bpf"; then umount "$work/bpf"; fi
	rm -rf "$work"
}
trap cleanup EXIT

mkdir "$work/bpf" "$work/plugins"
mount -t bpf bpf "$work/bpf"
ln -s "$PWD/bin/netpol-cni" "$work/plugins/netpol"
bin/netpol build examples/shop/shop.netpol -o "$work/bundle" >"$work/build.log" || { cat "$work/build.log" >&2; exit 3; }

# Nobody else has the addresses, and ptp would wait seconds to be sure of that.
namespace() {
	ip netns add "$1"
	nsenter --net="/run/netns/$1" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad'
}

namespace "$node"

# plugin COMMAND CONTAINER PROGRAM CONFIG: one run on the node; the answer in $work/answer, microseconds in $took.
plugin() {
	local start=${EPOCHREALTIME/./}
	CNI_COMMAND=$1 CNI_CONTAINERID=$2 CNI_NETNS=/run/netns/$2 CNI_IFNAME=eth0 CNI_PATH=$work/plugins:$stock \
		nsenter --net="/run/netns/$node" "$3" <"$4" >"$work/answer" || { cat "$work/answer" >&2; exit 1; }
	took=$((${EPOCHREALTIME/./} - start))
}

head='"cniVersion":"1.0.0","name":"bench"'
echo "{$head,\"type\":\"ptp\",\"ipam\":{\"type\":\"host-local\",\"dataDir\":\"$work/ipam\",\"ranges\":[[{\"subnet\":\"10.244.1.0/24\"}],[{\"subnet\":\"fd00:10:0:1::/64\"}]]}}" >"$work/ptp.json"

# add NAME CONTAINER: a container of ptp's making, then the plugin under test, timed.
add() {
	local name=$1 container=$2 result
	namespace "$container"
	plugin ADD "$container" "$stock/ptp" "$work/ptp.json"
	result=$(cat "$work/answer")
	case $name in
	netpol) echo "{$head,\"type\":\"netpol\",\"bundle\":\"$work/bundle\",\"pins\":\"$work/bpf/netpol\",\"state\":\"$work/state\",\"namespace\":\"shop\",\"labels\":{\"app\":\"api\"},\"ports\":{\"http\":\"8080/tcp\"},\"prevResult\":$result}" ;;
	bandwidth) echo "{$head,\"type\":\"bandwidth\",\"ingressRate\":1000000000,\"ingressBurst\":1000000000,\"egressRate\":1000000000,\"egressBurst\":1000000000,\"prevResult\":$result}" ;;
	esac >"$work/$name.json"
	plugin ADD "$container" "$(program "$name")" "$work/$name.json"
}

delete() {
	plugin DEL "$2" "$(program "$1")" "$work/$1.json"
	plugin DEL "$2" "$stock/ptp" "$work/ptp.json"
	ip netns del "$2"
}

program() { if [ "$1" = netpol ]; then echo "$work/plugins/netpol"; else echo "$stock/$1"; fi; }

for ((round = 0; round < rounds; round++)); do
	order=(netpol bandwidth)
	if ((round % 2)); then order=(bandwidth netpol); fi
	for name in "${order[@]}"; do
		add "$name" "$node-$name$round"
		# The first round loads the bundle; it is the node's cost, not a container's.
		[ "$round" = 0 ] || echo "$took" >>"$work/$name.times"
	done

	for name in "${order[@]}"; do delete "$name" "$node-$name$round"; done
done

quantile() { sort -n "$work/$1.times" | awk -v part="$2" '{ values[NR] = $1 } END { printf "%.2f", values[int((NR - 1) * part) + 1] / 1000 }'; }

mkdir -p artifacts/bench
for name in netpol bandwidth; do
	printf '"%s": { "medianMilliseconds": %s, "p90Milliseconds": %s }\n' "$name" "$(quantile "$name" 0.5)" "$(quantile "$name" 0.9)"
done >"$work/lines"
printf '{\n  "rounds": %d,\n  %s,\n  %s\n}\n' "$((rounds - 1))" "$(sed -n 1p "$work/lines")" "$(sed -n 2p "$work/lines")" | tee artifacts/bench/cni.json
awk -v mine="$(quantile netpol 0.5)" -v theirs="$(quantile bandwidth 0.5)" 'BEGIN { exit !(mine <= theirs) }' ||
	{ echo "netpol's ADD is slower than bandwidth's" >&2; exit 1; }
