#!/usr/bin/env bash
# The N services of a configuration, each with both servers, as each way wants them written.
#
#   rules.sh iptables|nftables|ipvs|ipvs-addresses|ipvs-filter|netpol|netpol-remote|address N
#
# What kube-proxy writes: its chains and maps, with only what a packet of a cluster address meets; `address` is that of the last service. The servers
# of netpol-remote are on another node, so that either node's rules name the other's containers by their addresses.
set -euo pipefail

awk -v way="$1" -v count="$2" -v rules="${RULES:-1000}" '
function address(i) { return sprintf("10.%d.%d.%d", 96 + int(i / 65536), int(i / 256) % 256, i % 256) }
function chain(i, kind) { return sprintf("KUBE-%s-%014d", kind, i) }

BEGIN {
	server[1] = "10.244.1.3"; server[2] = "10.244.1.4"
	if (way == "address") print address(count)
	if (way == "iptables") iptables()
	if (way == "ipvs-filter") print "*filter\n:KUBE-FORWARD - [0:0]\n-A FORWARD -j KUBE-FORWARD\n-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\nCOMMIT"
	if (way == "nftables") nftables()
	if (way == "ipvs-addresses") for (i = 1; i <= count; i++) print "address add " address(i) "/32 dev kube-ipvs0"
	if (way == "ipvs") for (i = 1; i <= count; i++) {
		print "-A -t " address(i) ":80 -s rr"
		for (s = 1; s <= 2; s++) print "-a -t " address(i) ":80 -r " server[s] ":8080 -m"
	}
	if (way == "netpol") netpol("server", "client")
	if (way == "netpol-remote") {
		server[1] = "10.244.2.2"; server[2] = "10.244.2.3"
		netpol("cidr 10.244.2.0/24", "cidr 10.244.1.0/24")
	}
}

function iptables(    i, s) {
	print "*nat\n:KUBE-SERVICES - [0:0]\n:KUBE-POSTROUTING - [0:0]\n:KUBE-MARK-MASQ - [0:0]"
	for (i = 1; i <= count; i++) print ":" chain(i, "SVC") " - [0:0]\n:" chain(i, "SEPA") " - [0:0]\n:" chain(i, "SEPB") " - [0:0]"
	print "-A PREROUTING -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES"
	print "-A OUTPUT -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES"
	print "-A POSTROUTING -m comment --comment \"kubernetes postrouting rules\" -j KUBE-POSTROUTING"
	print "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN\n-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000\n-A KUBE-POSTROUTING -j MASQUERADE --random-fully"
	print "-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000"
	for (i = 1; i <= count; i++) {
		print "-A KUBE-SERVICES -d " address(i) "/32 -p tcp -m comment --comment \"bench/s" i " cluster IP\" -m tcp --dport 80 -j " chain(i, "SVC")
		print "-A " chain(i, "SVC") " ! -s 10.244.0.0/16 -d " address(i) "/32 -p tcp -m tcp --dport 80 -j KUBE-MARK-MASQ"
		print "-A " chain(i, "SVC") " -m statistic --mode random --probability 0.50000000000 -j " chain(i, "SEPA")
		print "-A " chain(i, "SVC") " -j " chain(i, "SEPB")
		for (s = 1; s <= 2; s++) {
			print "-A " chain(i, s == 1 ? "SEPA" : "SEPB") " -s " server[s] "/32 -j KUBE-MARK-MASQ"
			print "-A " chain(i, s == 1 ? "SEPA" : "SEPB") " -p tcp -m tcp -j DNAT --to-destination " server[s] ":8080"
		}
	}
	print "COMMIT\n*filter\n:KUBE-FORWARD - [0:0]\n-A FORWARD -m comment --comment \"kubernetes forwarding rules\" -j KUBE-FORWARD"
	print "-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP\n-A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT\n-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\nCOMMIT"
}

function nftables(    i, s) {
	print "table ip kube-proxy {"
	print "chain mark-for-masquerade { mark set mark or 0x4000; }"
	print "chain masquerading { mark and 0x4000 == 0 return; mark set mark xor 0x4000; masquerade fully-random; }"
	for (i = 1; i <= count; i++) {
		for (s = 1; s <= 2; s++) print "chain endpoint-" i "-" s " { ip saddr " server[s] " jump mark-for-masquerade; meta l4proto tcp dnat to " server[s] ":8080; }"
		print "chain service-" i " { ip daddr " address(i) " tcp dport 80 ip saddr != 10.244.0.0/16 jump mark-for-masquerade; numgen random mod 2 vmap { 0 : goto endpoint-" i "-1, 1 : goto endpoint-" i "-2 }; }"
	}
	print "map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; elements = {"
	for (i = 1; i <= count; i++) print address(i) " . tcp . 80 : goto service-" i ","
	print "};\n}\nmap no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict; }"
	print "chain services { ip daddr . meta l4proto . th dport vmap @service-ips; }"
	print "chain service-endpoints-check { ip daddr . meta l4proto . th dport vmap @no-endpoint-services; }"
	print "chain nat-prerouting { type nat hook prerouting priority dstnat; jump services; }"
	print "chain nat-output { type nat hook output priority -100; jump services; }"
	print "chain nat-postrouting { type nat hook postrouting priority srcnat; jump masquerading; }"
	print "chain filter-prerouting { type filter hook prerouting priority -110; ct state new jump service-endpoints-check; }"
	print "chain filter-forward { type filter hook forward priority -110; ct state new jump service-endpoints-check; }\n}"
}

# A policy of `rules` rules on either pod, of which the last lets the transactions through.
function netpol(servers, clients,    i) {
	print "default namespace bench\n"
	print "cluster { pods 10.244.0.0/16; services 10.96.0.0/12; families ipv4 }\n"
	print "group client = pods where app == \"client\"\ngroup server = pods where app == \"server\"\n"
	print "policy client for client {\n    egress {"
	for (i = 1; i < rules; i++) print "        allow to cidr 172." 16 + int(i / 256) "." i % 256 ".0/24 on " 1000 + i "/tcp"
	print "        allow to " servers " on 8080/tcp\n    }\n}\n"
	print "policy server for server {\n    ingress {"
	for (i = 1; i < rules; i++) print "        allow from cidr 172." 16 + int(i / 256) "." i % 256 ".0/24 on " 1000 + i "/tcp"
	print "        allow from " clients " on 8080/tcp\n    }\n}"
	for (i = 1; i <= count; i++) {
		print "\nservice s" i " {\n    address " address(i) "\n    port http 80/tcp -> 8080"
		print "    backends " server[1] ", " server[2] "\n    balance random\n}"
	}
}'
