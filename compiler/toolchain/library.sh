#!/usr/bin/env bash
# Compiles the datapath library once for each combination of features, for builds of bundles that have no clang.
# usage: library.sh SOURCES OUTPUT: SOURCES has library.bpf.c, OUTPUT gets NAME.o.gz (named as PrebuiltLibrary.cs does).
set -euo pipefail
sources=$(readlink -f "$1")
mkdir -p "$2"
output=$(readlink -f "$2")

clang=${NETPOL_CLANG:-clang-19}
command -v "$clang" >/dev/null || { echo "library.sh: $clang is missing: install clang-19, or name a clang by NETPOL_CLANG" >&2; exit 1; }
command -v bpftool >/dev/null || { echo "library.sh: bpftool is missing: install it" >&2; exit 1; }

# One at a time: who waited for another finds it done.
exec 9>"$output/lock"
flock 9
if [ -e "$output/done" ] && [ -z "$(find "$sources" "$0" -newer "$output/done")" ]; then
	exit 0
fi

headers=/usr/include/$(uname -m)-linux-gnu

# The linker leaves out what only a debugger reads, which is nine tenths of an object.
compile() {
	local name=$1 object
	object=$(mktemp -p "$output")
	shift
	# From above the sources: lines of the library are named as those of a build by clang are.
	(cd "$sources/.." && "$clang" -target bpf -mcpu=v3 -O2 -g -Wall -Werror -fdebug-compilation-dir=. \
		"-ffile-prefix-map=$(dirname "$sources")=." -idirafter "$headers" "-I${sources##*/}" -DNETPOL_LIBRARY=1 "$@" -c "${sources##*/}/library.bpf.c" -o "$object")
	bpftool gen object "$output/$name.o" "$object"
	rm "$object"
	gzip -9nf "$output/$name.o"
}

jobs=$(nproc)
for families in ipv4 ipv6 ipv4-ipv6; do
	case $families in
	ipv4) family_flags=(-DNETPOL_IPV4=1 -DNETPOL_IPV6=0) ;;
	ipv6) family_flags=(-DNETPOL_IPV4=0 -DNETPOL_IPV6=1) ;;
	*) family_flags=(-DNETPOL_IPV4=1 -DNETPOL_IPV6=1) ;;
	esac
	for services in 0 1; do
		for verdicts in tables code names tables-tiers code-tiers names-tiers; do
			tiers=0
			case $verdicts in
			*-tiers) tiers=1 ;;
			esac
			case ${verdicts%-tiers} in
			tables) verdict_flags=(-DNETPOL_TABLES=1 -DNETPOL_PORT_NAMES=0) ;;
			code) verdict_flags=(-DNETPOL_TABLES=0 -DNETPOL_PORT_NAMES=0) ;;
			names) verdict_flags=(-DNETPOL_TABLES=0 -DNETPOL_PORT_NAMES=1) ;;
			esac
			while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
			compile "$families-$services-$verdicts" "${family_flags[@]}" "${verdict_flags[@]}" "-DNETPOL_SERVICES=$services" "-DNETPOL_TIERS=$tiers" &
		done
	done
done
while [ "$(jobs -rp | wc -l)" -gt 0 ]; do wait -n; done
touch "$output/done"
