#!/usr/bin/env bash
# Counts instructions instead of time: measure.sh in a virtual machine whose clock goes forward one nanosecond an instruction (qemu -icount shift=0), so
# what it prints repeats to one in a hundred whatever else the machine does. The kernel is Debian's cloud kernel, which has IPVS.
#
#   vm.sh KERNEL_ROOT WORK RESULT ROUNDS CRR RR CONFIGURATION:SERVICES…
#
# KERNEL_ROOT: a kernel package, unpacked. PATH, NETPOL_CNI, CNI_PLUGINS and BUNDLES as measure.sh wants them. The machine has no network.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
kernel=$1 work=$2 result=$3 rounds=$4 crr=$5 rr=$6
shift 6
version=$(basename "$(echo "$kernel"/lib/modules/*)")
root=$work/root
modules=(veth dummy nf_conntrack nf_nat nf_tables nft_ct nft_nat nft_masq nft_chain_nat nft_numgen nf_log_syslog x_tables ip_tables iptable_nat iptable_filter
	xt_conntrack xt_nat xt_mark xt_comment xt_statistic xt_tcpudp xt_MASQUERADE ip_vs ip_vs_rr)

# take PROGRAM [AS]: with what it is linked with.
take() {
	local library program
	program=$(readlink -f "$(command -v "$1")")
	install -D "$program" "$root/${2:-/usr/bin/$(basename "$1")}"
	# Nothing for a static one.
	for library in $(ldd "$program" 2>/dev/null | grep -o '/[^ ]*'); do
		[ -e "$root$library" ] || install -D "$(readlink -f "$library")" "$root$library"
	done
}

mkdir -p "$root"/{bin,proc,sys,dev,run,tmp,etc,bench/bundles}
ln -s bin "$root/sbin"
install /bin/busybox "$root/bin/busybox"
for name in $("$root/bin/busybox" --list); do [ -e "$root/bin/$name" ] || ln -s busybox "$root/bin/$name"; done
rm -f "$root"/bin/{ip,bash}
mkdir -p "$root/usr/bin"
ln -s /bin/env "$root/usr/bin/env"
take bash /bin/bash
for program in ip nft ipvsadm transact netpol nsenter flock mountpoint; do take "$program"; done
take iptables-legacy-restore
cp -r --parents /usr/lib/*/xtables "$root" 2>/dev/null || true
for plugin in ptp host-local; do take "$CNI_PLUGINS/$plugin" "/usr/lib/cni/$plugin"; done
take "$NETPOL_CNI" /usr/bin/netpol-cni
cp "$here/measure.sh" "$here/rules.sh" "$root/bench"
for each in "$@"; do
	case $each in
	netpol:*) cp -r "$BUNDLES/${each#*:}" "$root/bench/bundles" ;;
	remote*) cp -r "$BUNDLES/remote-${each#*:}" "$root/bench/bundles" ;;
	esac
done

mkdir -p "$root/lib/modules/$version"
cp "$kernel/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} "$root/lib/modules/$version"
[ -e "$kernel/lib/modules/$version/modules.dep" ] || depmod -b "$kernel" "$version"
for module in $(modprobe -d "$kernel" -S "$version" --show-depends -a "${modules[@]}" 2>/dev/null | awk '$1 == "insmod" { print $2 }' | sort -u); do
	install -D "$module" "$root/lib/modules/$version/${module##*"/lib/modules/$version/"}"
done
find "$root/lib/modules" -name '*.xz' -exec xz -d {} +
depmod -b "$root" "$version"

cat >"$root/init" <<EOF
#!/bin/bash
export PATH=/usr/bin:/bin HOME=/tmp NETPOL_CNI=/usr/bin/netpol-cni CNI_PLUGINS=/usr/lib/cni BUNDLES=/bench/bundles RULES=${RULES:-1000} DOTNET_GCHeapHardLimit=0x60000000
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /tmp
for module in ${modules[*]}; do modprobe \$module || echo "no \$module"; done
ip link set lo up
mkdir -p /tmp/work
/bench/measure.sh /tmp/work /tmp/result $rounds $crr $rr 0 $* && echo && sed 's/^/RESULT /' /tmp/result && echo MEASURED
poweroff -f
EOF
chmod +x "$root/init"
(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) >"$work/initrd.gz"

# A fault of the guest ends it (panic=-1); nothing it does takes longer than this.
timeout "${VM_SECONDS:-1500}" qemu-system-x86_64 -machine q35 -cpu max -smp 1 -m "${VM_MEMORY:-6G}" -nographic -no-reboot -nic none \
	-icount shift=0,sleep=off -kernel "$kernel/boot/vmlinuz-$version" -initrd "$work/initrd.gz" \
	-append "console=ttyS0 quiet panic=-1 rdinit=/init mitigations=off" </dev/null >"$work/console.log" 2>&1 || true
grep -aq '^MEASURED' "$work/console.log" || { tail -n 40 "$work/console.log" >&2; exit 1; }
tr -d '\r' <"$work/console.log" | sed -n 's/^RESULT //p' >>"$result"
