#!/usr/bin/env bash
# Builds, tests and demonstrates Netpol. One command from a fresh clone: it installs the system packages that its target
# needs and says which. Needs the .NET 10 SDK; `test` and `demo` need root, because they make network namespaces.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"

configuration=Release
runtime=linux-$(case $(uname -m) in x86_64) echo x64 ;; aarch64) echo arm64 ;; *) uname -m ;; esac)

# A bare Debian has no ICU; nothing here depends on a culture.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

say() { printf '\033[1m==> %s\033[0m\n' "$*"; }
fail() {
	printf 'build.sh: %s\n' "$1" >&2
	exit "${2:-1}"
}

usage() {
	cat <<'EOF'
usage: ./build.sh TARGET

  build      compile everything; leaves bin/netpol and bin/netpol-cni ready to run
  test       build, then run every test (root: the tests make network namespaces of their own)
  pack       build, then leave the NuGet packages and the VS Code extension in artifacts/packages, manual pages in artifacts/man
  demo       build, then run examples/shop on a node and five containers of its own (root)
  bench-cni  build, then time CNI ADD against the `bandwidth` plugin of the same machine (root)
  bench-compile
             build, then time every stage of the compiler, `check` and `build` at 100 to 100,000 rules
  bench-lsp  build netpol and the benchmark, then time key strokes in a file of 5,000 lines, from the editor's side
  bench-live  build netpol and the benchmark, then time changes of rules, of endpoints' labels and of text that `netpol watch` follows in a running
              node (root); --strict fails on a missed bar; --text: of text alone; --services N: how soon a bundle with N services is in charge, and
              another backend of one of them, instead
  bench-datapath  build the benchmark, then time the loaded programs packet by packet (root); --strict fails on a missed bar
  bench-services  build, then time transactions by a service against direct ones and against kube-proxy's iptables and nftables (root; 10 minutes)
  bench-services-vm  build, then count the same in instructions in a virtual machine, IPVS too (some minutes; takes Debian's 6.12 cloud kernel)
  soak       build, then change policies, services and backends at random beside steady traffic for SOAK_SECONDS (600), all of it held against
             the model (root); NETPOL_SEED repeats a run
  fuzz       give the parser and the importer texts made of texts, for FUZZ_SECONDS each (1800); what breaks a promise is left in artifacts/fuzz
  format     rewrite the C# sources in the repository's style
  clean      delete build outputs
EOF
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		fail "needs root to run: $*" 3
	fi
}

# Installs the Debian packages among the arguments that are missing.
need_packages() {
	command -v dpkg-query >/dev/null || fail "this is no Debian system: install by hand: $*" 3
	local missing=()
	for package in "$@"; do
		dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	say "installing ${missing[*]}"
	as_root apt-get update -qq
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
		fail "could not install: ${missing[*]}" 3
}

need_dotnet() {
	command -v dotnet >/dev/null || fail "the .NET 10 SDK is missing: see https://dotnet.microsoft.com/download" 3
	dotnet --version >/dev/null 2>&1 || fail "no .NET SDK satisfies global.json; installed: $(dotnet --list-sdks | tr '\n' ' ')" 3
}

need_root() { [ "$(id -u)" = 0 ] || fail "'$1' makes network namespaces and loads eBPF programs: run it as root" 3; }

# clang compiles the datapath, bpftool leaves out of its objects what only a debugger reads; gcc links the NativeAOT programs, with libbpf, libelf and zlib inside.
build_packages=(ca-certificates libssl3 clang-19 bpftool gcc libc6-dev libbpf-dev libelf-dev zlib1g-dev linux-libc-dev)
run_packages=(iproute2 containernetworking-plugins bpftool ethtool iptables)

target_build() {
	need_dotnet
	need_packages "${build_packages[@]}"
	say "building"
	dotnet build Dsl.sln -c "$configuration" --nologo -v quiet -clp:ErrorsOnly
	say "linking bin/netpol and bin/netpol-cni"
	publish_programs
	install_programs netpol netpol-cni
}

# Compiles one program to native code; bin/ gets the one file that is needed.
publish() {
	dotnet publish "$1" -c "$configuration" -r "$runtime" -o "artifacts/publish/$2" --nologo -v quiet -clp:ErrorsOnly
	install_programs "$2"
}

publish_programs() { dotnet publish Programs.proj -c "$configuration" -r "$runtime" --nologo -v quiet -clp:ErrorsOnly "$@"; }

# Puts published native programs into bin/.
install_programs() {
	local program
	for program; do
		install -D -m 755 "artifacts/publish/$program/$program" "bin/$program"
	done
}

# What a .NET project uses: build, runtime, testing, templates, and the command as a tool.
target_pack() {
	target_build
	pack_all
}

pack_all() {
	say "packing"
	rm -rf artifacts/packages
	local project
	for project in compiler/build runtime/typed testing examples/templates; do
		dotnet pack "$project" -c "$configuration" --nologo -v quiet -clp:ErrorsOnly -o artifacts/packages
	done
	dotnet pack compiler/cli -c "$configuration" -p:PackAsTool=true --nologo -v quiet -clp:ErrorsOnly -o artifacts/packages
	dotnet build dsl/editor/vscode/pack.proj --nologo -v quiet -clp:ErrorsOnly -p:PackageOutputPath="$PWD/artifacts/packages/"
	bin/netpol man artifacts/man >/dev/null
}

target_test() {
	need_root test
	need_packages "${run_packages[@]}"
	target_build
	pack_all
	say "testing"
	local results=artifacts/test-results status=0
	rm -rf "$results"
	# One after the other: tests of real packets wait for nobody's compiler.
	local project
	for project in unit kernel endtoend; do
		dotnet test "tests/$project" -c "$configuration" --no-build --nologo --results-directory "$results" \
			--logger "console;verbosity=minimal" --logger "trx;LogFileName=$project.trx" || status=$?
		[ -f "$results/$project.trx" ] || fail "tests/$project left no result"
	done
	# Each test project leaves one .trx with its totals.
	local counters passed failed skipped
	counters=$(cat "$results"/*.trx 2>/dev/null | grep -o '<Counters [^>]*>' || true)
	passed=$(sum_attribute passed <<<"$counters")
	failed=$(sum_attribute failed <<<"$counters")
	skipped=$(($(sum_attribute total <<<"$counters") - $(sum_attribute executed <<<"$counters")))
	[ "$passed" -gt 0 ] || fail "no test ran"
	[ "$skipped" -eq 0 ] && skipped= || skipped=", $skipped skipped"
	echo "$passed passed, $failed failed$skipped"
	return "$status"
}

sum_attribute() { grep -oE "\\b$1=\"[0-9]+\"" | tr -dc '0-9\n' | awk '{ n += $1 } END { print n + 0 }'; }

target_demo() {
	need_root demo
	need_dotnet
	need_packages "${build_packages[@]}" "${run_packages[@]}"
	# Somebody waits to see it run: no tests are built, no analyzer runs, and no library for builds without clang.
	say "building netpol, the CNI plugin and the demonstration"
	publish_programs -p:ForDemo=true -p:RunAnalyzers=false
	install_programs netpol-cni
	say "running examples/shop"
	dotnet artifacts/publish/demo/Netpol.Demo.dll dotnet "$PWD/artifacts/publish/netpol-managed/netpol.dll"
}

target_bench_cni() {
	need_root bench-cni
	need_packages "${run_packages[@]}"
	target_build
	bench/cni.sh
}

target_bench_compile() {
	need_dotnet
	need_packages "${build_packages[@]}"
	say "linking bin/netpol and the benchmark"
	publish compiler/cli/Netpol.Cli.csproj netpol
	publish bench/compile/Netpol.Bench.Compile.csproj netpol-bench-compile
	say "measuring: some minutes"
	bin/netpol-bench-compile run bin/netpol artifacts/bench/compile.json
}

target_bench_lsp() {
	need_dotnet
	need_packages "${build_packages[@]}"
	say "linking bin/netpol"
	publish compiler/cli/Netpol.Cli.csproj netpol
	dotnet build bench/lsp -c "$configuration" --nologo -v quiet -clp:ErrorsOnly
	"bench/lsp/bin/$configuration/net10.0/netpol-bench-lsp" bin/netpol
}

target_bench_datapath() {
	need_root bench-datapath
	need_dotnet
	need_packages "${build_packages[@]}" "${run_packages[@]}"
	dotnet build bench/datapath -c "$configuration" --nologo -v quiet -clp:ErrorsOnly
	"bench/datapath/bin/$configuration/net10.0/Netpol.Bench" "$@"
}

target_bench_live() {
	need_root bench-live
	need_dotnet
	need_packages "${build_packages[@]}" "${run_packages[@]}"
	say "linking bin/netpol"
	publish compiler/cli/Netpol.Cli.csproj netpol
	dotnet build bench/live -c "$configuration" --nologo -v quiet -clp:ErrorsOnly
	"bench/live/bin/$configuration/net10.0/Netpol.Bench.Live" --netpol bin/netpol "$@"
}

target_bench_services() {
	need_root bench-services
	need_packages "${run_packages[@]}" nftables
	target_build
	bench/services/bench.sh native "$@"
}

target_bench_services_vm() {
	need_root bench-services-vm
	need_packages "${run_packages[@]}" nftables ipvsadm qemu-system-x86 busybox-static kmod cpio xz-utils
	target_build
	bench/services/bench.sh vm "$@"
}

target_soak() {
	need_root soak
	need_packages "${run_packages[@]}"
	target_build
	NETPOL_SOAK_SECONDS=${SOAK_SECONDS:-600} dotnet test tests/endtoend -c "$configuration" --no-build --nologo \
		--filter FullyQualifiedName~SoakTests --logger "console;verbosity=detailed"
}

# Assemblies are instrumented in a copy, so that what tests and programs use stays as it was built.
target_fuzz() {
	need_dotnet
	local tool=artifacts/tools/sharpfuzz folder=artifacts/fuzz/program
	[ -x "$tool" ] || dotnet tool install SharpFuzz.CommandLine --version 2.3.0 --tool-path artifacts/tools >/dev/null
	rm -rf "$folder"
	dotnet publish tests/fuzz -c "$configuration" -o "$folder" --nologo -v quiet -clp:ErrorsOnly
	local assembly target status=0
	for assembly in Netpol.Dsl Netpol.Kubernetes YamlDotNet; do
		"$tool" "$folder/$assembly.dll"
	done
	for target in parser importer; do
		dotnet "$folder/Netpol.Tests.Fuzz.dll" "$target" "${FUZZ_SECONDS:-1800}" artifacts/fuzz/texts || status=1
	done
	return "$status"
}

target_format() {
	need_dotnet
	dotnet format Dsl.sln
}

target_clean() {
	rm -rf bin artifacts
	find . -type d \( -name bin -o -name obj \) -not -path './.git/*' -prune -exec rm -rf {} +
}

case "${1:-}" in
build | test | pack | demo | bench-cni | bench-compile | bench-lsp | soak | fuzz | format | clean) "target_${1//-/_}" ;;
bench-datapath) target_bench_datapath "${@:2}" ;;
bench-live) target_bench_live "${@:2}" ;;
bench-services | bench-services-vm) "target_${1//-/_}" "${@:2}" ;;
-h | --help | help) usage ;;
*)
	usage >&2
	exit 2
	;;
esac
