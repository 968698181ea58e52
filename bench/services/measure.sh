#!/usr/bin/env bash
# Measures one machine's ways to a service: pod to pod without rules (direct), what kube-proxy writes for iptables, nftables and IPVS, and Netpol.
# Each configuration is a node of its own with a client and two servers, made by Debian's ptp and host-local; a service has both servers, and the client
# asks the last of N. Where the servers are on a second node, which a pair of devices joins to the first, the client asks one of them without rules
# (direct-remote), and under Netpol, on both nodes, with straight delivery and an uplink each (remote), or a service of theirs (remote-service). Rounds go over all configurations in changing order. Runs on a machine and, by vm.sh, as the only program of a virtual one.
#
#   measure.sh WORK RESULT ROUNDS CRR RR BULK CONFIGURATION:SERVICES…
#
# WORK: an empty folder; RESULT: lines `configuration services metric value` are added; CRR and RR: transactions a round; BULK: bytes, 0 leaves
# it out. PATH has transact, netpol, ip, nft and so on; NETPOL_CNI is the plugin, CNI_PLUGINS the folder of ptp, BUNDLES that of bundles N.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
work=$1 result=$2 rounds=$3 crr=$4 rr=$5 bulk=$6
shift 6
prefix=npsvc$$
servers=()

cleanup() {
	local name
	[ ${#servers[@]} = 0 ] || kill "${servers[@]}" 2>/dev/null || true
	for name in "$work"/*/state/settle.lock; do [ ! -e "$name" ] || flock -w 10 "$name" true; done
	for name in $(ip netns list | awk -v prefix="$prefix" 'index($1, prefix) == 1 { print $1 }'); do ip netns del "$name"; done
	for name in "$work"/*/bpf; do if mountpoint -q "$name"; then umount "$name"; fi; done
}
trap cleanup EXIT

on() { nsenter --net="/run/netns/$prefix-$1" "${@:2}"; }

# plugin NODE COMMAND PROGRAM CONTAINER: the configuration from standard input, the answer to standard output.
plugin() {
	CNI_COMMAND=$2 CNI_CONTAINERID=$prefix-$4 CNI_NETNS=/run/netns/$prefix-$4 CNI_IFNAME=eth0 CNI_PATH=$work/plugins:$CNI_PLUGINS \
		on "$1" "$3"
}

# container NODE NUMBER APP BUNDLE SUBNET: its addresses follow from the order of their making, as host-local gives them.
container() {
	local node=$1 name=$1-$2 subnet=$5 head='"cniVersion":"1.0.0","name":"bench"' answer
	ip netns add "$prefix-$name"
	answer=$(plugin "$node" ADD "$CNI_PLUGINS/ptp" "$name" <<<"{$head,\"type\":\"ptp\",\"ipam\":{\"type\":\"host-local\",\"dataDir\":\"$work/$node/ipam\",\"ranges\":[[{\"subnet\":\"$subnet\"}]],\"routes\":[{\"dst\":\"0.0.0.0/0\"}]}}")
	[ "$4" = "" ] || plugin "$node" ADD "$NETPOL_CNI" "$name" >"$work/$node/answer" <<-EOF
		{$head,"type":"netpol","bundle":"$4","pins":"$work/$node/bpf/netpol","state":"$work/$node/state","namespace":"bench","labels":{"app":"$3"},"prevResult":$answer}
	EOF
}

# load NODE BUNDLE OPTION…: Netpol is in charge of the node.
load() {
	mount -t bpf bpf "$work/$1/bpf"
	on "$1" netpol load "$2" --pins "$work/$1/bpf/netpol" --state "$work/$1/state" "${@:3}" >"$work/$1/load.log" || { cat "$work/$1/load.log" >&2; exit 1; }
}

# node NAME: a network namespace and its folders.
node() {
	mkdir -p "$work/$1/bpf"
	ip netns add "$prefix-$1"
	on "$1" ip link set lo up
}

# join NODE NODE: each routes the other's containers.
join() {
	ip link add uplink netns "$prefix-$1" type veth peer name uplink netns "$prefix-$2"
	on "$1" ip address add 192.168.0.1/24 dev uplink
	on "$2" ip address add 192.168.0.2/24 dev uplink
	on "$1" ip link set uplink up
	on "$2" ip link set uplink up
	on "$1" ip route add 10.244.2.0/24 via 192.168.0.2
	on "$2" ip route add 10.244.1.0/24 via 192.168.0.1
}

# serve NODE NUMBER…: those containers answer.
serve() {
	local number
	[ ! -e "$work/$1/state/settle.lock" ] || flock -w 60 "$work/$1/state/settle.lock" true
	for number in "${@:2}"; do
		# No function: of that the number would be a shell's, and its child would stay.
		nsenter --net="/run/netns/$prefix-$1-$number" transact -c "$cpu" serve 8080 &
		servers+=($!)
	done
}

# setup CONFIGURATION SERVICES: a node, its rules, a client and two servers that answer.
setup() {
	local way=$1 count=$2 node=$1-$2 bundle=''
	node "$node"
	case $way in
	netpol)
		bundle=$BUNDLES/$count
		load "$node" "$bundle"
		;;
	iptables) on "$node" iptables-legacy-restore <<<"$("$here/rules.sh" iptables "$count")" ;;
	nftables) on "$node" nft -f - <<<"$("$here/rules.sh" nftables "$count")" ;;
	ipvs)
		on "$node" ip link add kube-ipvs0 type dummy
		"$here/rules.sh" ipvs-addresses "$count" | on "$node" ip -batch -
		on "$node" iptables-legacy-restore <<<"$("$here/rules.sh" ipvs-filter "$count")"
		"$here/rules.sh" ipvs "$count" | on "$node" ipvsadm -R
		on "$node" sysctl -qw net.ipv4.vs.conntrack=1
		;;
	*remote*)
		node "$node-far"
		join "$node" "$node-far"
		if [ "$way" != direct-remote ]; then
			bundle=$BUNDLES/remote-$count
			load "$node" "$bundle" --straight pods --uplink uplink
			load "$node-far" "$bundle" --straight pods --uplink uplink
		fi
		container "$node" 1 client "$bundle" 10.244.1.0/24
		container "$node-far" 1 server "$bundle" 10.244.2.0/24
		container "$node-far" 2 server "$bundle" 10.244.2.0/24
		[ ! -e "$work/$node/state/settle.lock" ] || flock -w 60 "$work/$node/state/settle.lock" true
		serve "$node-far" 1 2
		return
		;;
	esac
	container "$node" 1 client "$bundle" 10.244.1.0/24
	container "$node" 2 server "$bundle" 10.244.1.0/24
	container "$node" 3 server "$bundle" 10.244.1.0/24
	serve "$node" 2 3
}

# target CONFIGURATION SERVICES: whom the client asks.
target() {
	case $1 in
	direct) echo 10.244.1.3 8080 ;;
	direct-remote | remote) echo 10.244.2.2 8080 ;;
	*) echo "$("$here/rules.sh" address "$2") 80" ;;
	esac
}

# answers CONFIGURATION SERVICES: waits until there is an answer, 10 s at most.
answers() {
	local tries
	for ((tries = 0; tries < 100; tries++)); do
		# shellcheck disable=SC2046
		! on "$1-$2-1" transact first $(target "$1" "$2") >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	echo "$1 with $2 services: no answer from $(target "$1" "$2")" >&2
	[ ! -e "$work/$1-$2/state" ] || netpol observe --pins "$work/$1-$2/bpf/netpol" --state "$work/$1-$2/state" | tail -n 5 >&2
	exit 1
}

mkdir -p "$work/plugins"
ln -sf "$NETPOL_CNI" "$work/plugins/netpol"
cpu=$(($(nproc) - 1))
for each in "$@"; do setup "${each%:*}" "${each#*:}"; done
for each in "$@"; do answers "${each%:*}" "${each#*:}"; done
for ((round = 0; round < rounds; round++)); do
	for ((turn = 0; turn < $#; turn++)); do
		# Each begins one round, and every other round goes backwards.
		at=$(((round + (round % 2 ? $# - turn : turn)) % $# + 1))
		each=${!at}
		way=${each%:*} count=${each#*:}
		read -r address port <<<"$(target "$way" "$count")"
		measures=("crr $crr" "rr $rr")
		[ "$bulk" = 0 ] || measures+=("bulk $bulk")
		for measure in "${measures[@]}"; do
			read -r metric amount <<<"$measure"
			echo "$way $count $metric $(on "$way-$count-1" transact -c "$cpu" "$metric" "$address" "$port" "$amount")" >>"$result"
		done
	done
done
