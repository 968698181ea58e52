#!/usr/bin/env bash
# Tables and bars of what measure.sh has left, and the same as JSON: medians, and of each round's ratio to `direct`, or to `direct-remote` where the server is on
# another node, the median.
#
#   report.sh RESULT RULES native|vm JSON
#
# Exit code 1 where a bar is missed.
set -euo pipefail

awk -v rules="$2" -v kind="$3" -v json="$4" '
function median(list, count,    i, j, t) {
	for (i = 2; i <= count; i++) for (j = i; j > 1 && list[j] < list[j - 1]; j--) { t = list[j]; list[j] = list[j - 1]; list[j - 1] = t }
	return count % 2 ? list[(count + 1) / 2] : (list[count / 2] + list[count / 2 + 1]) / 2
}
# The k-th value of a configuration is of the same round as the k-th of another.
function of(key,    i, list) { for (i = 1; i <= rounds[key]; i++) list[i] = value[key, i]; return median(list, rounds[key]) }
function against(key, base,    i, list) { for (i = 1; i <= rounds[key]; i++) list[i] = value[key, i] / value[base, i]; return median(list, rounds[key]) }
function bar(what, seen, most) {
	printf "%-72s %6.3f  %6.3f  %s\n", what, seen, most, seen <= most ? "met" : "MISSED"
	if (seen > most) missed++
}
function has(key) { return key in rounds }
function remote(way, what,    key, word) {
	for (key in rounds) {
		split(key, word, " ")
		if (word[1] == way && has("direct-remote 0 " word[3])) bar(what " " word[2] " services, " toupper(word[3]) ", x direct-remote", against(key, "direct-remote 0 " word[3]), 0.95)
	}
}

{ key = $1 " " $2 " " $3; if (!(key in rounds)) order[++keys] = key; value[key, ++rounds[key]] = $4 }

END {
	unit = kind == "vm" ? "instructions" : "ns"
	printf "%-12s %9s %-6s %14s %8s\n", "config", "services", "metric", unit, "x direct"
	printf "[" > json
	for (k = 1; k <= keys; k++) {
		split(order[k], word, " ")
		base = (word[1] ~ /remote/ ? "direct-remote" : "direct") " 0 " word[3]
		if (!has(base)) base = order[k]
		ratio = against(order[k], base)
		printf "%-12s %9d %-6s %14.1f %8.3f\n", word[1], word[2], word[3], of(order[k]), ratio
		printf "%s\n  {\"config\": \"%s\", \"services\": %d, \"rules\": %d, \"metric\": \"%s\", \"value\": %.1f, \"ratio\": %.4f}", (k > 1 ? "," : ""), word[1], word[2], (word[1] ~ /^netpol|^remote/ ? rules : 0), word[3], of(order[k]), ratio >> json
	}
	print "\n]" >> json
	print ""
	ours = "netpol 10000 "
	if (kind == "vm") {
		if (has(ours "crr")) bar("10,000 services, CRR, x direct", against(ours "crr", "direct 0 crr"), 0.95)
		if (has(ours "rr")) bar("10,000 services, RR, x direct", against(ours "rr", "direct 0 rr"), 0.90)
		if (has("netpol 50000 crr") && has("netpol 1 crr")) bar("50,000 services, CRR, x one service", against("netpol 50000 crr", "netpol 1 crr"), 1.01)
		if (has("netpol 50000 rr") && has("netpol 1 rr")) bar("50,000 services, RR, x one service", against("netpol 50000 rr", "netpol 1 rr"), 1.01)
		remote("remote", "remote:")
		remote("remote-service", "by a service to another node:")
	} else {
		if (has(ours "crr") && has("nftables 10000 crr")) bar("10,000 services, CRR, x nftables", against(ours "crr", "nftables 10000 crr"), 0.80)
		if (has(ours "crr") && has("iptables 10000 crr")) bar("10,000 services, CRR, x iptables", against(ours "crr", "iptables 10000 crr"), 0.50)
		if (has(ours "bulk")) bar("10,000 services, bulk time, x direct", against(ours "bulk", "direct 0 bulk"), 1.00)
	}
	exit missed > 0
}' "$1"
