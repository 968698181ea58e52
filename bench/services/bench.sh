#!/usr/bin/env bash
# Services against what people run today, natively or in a virtual machine that counts instructions; see measure.sh and vm.sh.
#
#   bench.sh native|vm [CONFIGURATION:SERVICES…]
#
# ROUNDS says how often each is measured, RULES how many rules either pod's policy has (1000). Leaves artifacts/bench/services.json or
# services-vm.json; exit code 1 where a bar is missed.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
cd "$here/../.."
kind=$1
shift
export RULES=${RULES:-1000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case $kind in
native) [ $# -gt 0 ] || set -- direct:0 netpol:1 netpol:1000 netpol:10000 netpol:50000 iptables:1 iptables:1000 iptables:10000 nftables:1 nftables:1000 nftables:10000 ;;
vm) [ $# -gt 0 ] || set -- direct:0 netpol:1 netpol:1000 netpol:10000 netpol:50000 iptables:1000 nftables:1 nftables:1000 ipvs:1 ipvs:1000 direct-remote:0 remote:10000 remote-service:10000 ;;
esac

mkdir -p "$work/bin" "$work/bundles" "$work/run" artifacts/bench
clang-19 -O2 -static -Wall -Werror -o "$work/bin/transact" "$here/transact.c"
ln -s "$PWD/bin/netpol" "$work/bin/netpol"
for each in "$@"; do
	case ${each%:*} in
	netpol) rules=netpol bundle=${each#*:} ;;
	remote*) rules=netpol-remote bundle=remote-${each#*:} ;;
	*) continue ;;
	esac
	[ ! -e "$work/bundles/$bundle" ] || continue
	"$here/rules.sh" "$rules" "${each#*:}" >"$work/services.netpol"
	bin/netpol build "$work/services.netpol" -o "$work/bundles/$bundle" >"$work/build.log" || { cat "$work/build.log" >&2; exit 3; }
done

export PATH=$work/bin:$PATH NETPOL_CNI=$PWD/bin/netpol-cni CNI_PLUGINS=/usr/lib/cni BUNDLES=$work/bundles
if [ "$kind" = native ]; then
	"$here/measure.sh" "$work/run" "$work/result" "${ROUNDS:-21}" 2000 10000 1000000000 "$@"
	"$here/report.sh" "$work/result" "$RULES" native artifacts/bench/services.json
else
	kernel=artifacts/tools/kernel
	if [ ! -d "$kernel/boot" ]; then
		mkdir -p "$kernel"
		package=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances linux-image-6.12-cloud-amd64 |
			grep -oE '^linux-image-6\.12\.[^ ]*-cloud-amd64$' | sort -V | tail -n 1)
		(cd "$work" && apt-get -qq -o APT::Sandbox::User=root download "$package" && dpkg -x "$package"_*.deb "$OLDPWD/$kernel")
	fi
	"$here/vm.sh" "$kernel" "$work/run" "$work/result" "${ROUNDS:-3}" 300 1000 "$@"
	"$here/report.sh" "$work/result" "$RULES" vm artifacts/bench/services-vm.json
fi
