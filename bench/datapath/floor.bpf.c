/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What every stateful datapath does at least: parse, and find the connection in one LRU look-up. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct key4 {
	__be32 source, destination;
	__be16 source_port, destination_port;
	__u32 protocol;
};

struct key6 {
	struct in6_addr source, destination;
	__be16 source_port, destination_port;
	__u32 protocol;
};

/* FLOOR_ENTRIES, FLOOR_VALUE: 65536 and 16 for the floor itself; a table like the datapath's to tell its part. */
struct value {
	__u8 bytes[FLOOR_VALUE];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, FLOOR_ENTRIES);
	__type(key, struct key4);
	__type(value, struct value);
} table4 __attribute__((section(".maps")));

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, FLOOR_ENTRIES);
	__type(key, struct key6);
	__type(value, struct value);
} table6 __attribute__((section(".maps")));

/* Packets without entry: a run that has any measures something else. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} misses __attribute__((section(".maps")));

static __always_inline int answer(const struct value *value)
{
	__u32 zero = 0;
	__u64 *count;

	if (value)
		return value->bytes[0];
	count = bpf_map_lookup_elem(&misses, &zero);
	if (count)
		++*count;
	return TC_ACT_SHOT;
}

SEC("tc")
int floor4(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct iphdr *ip = data + ETH_HLEN;
	struct tcphdr *tcp = (void *)(ip + 1);
	struct key4 key;

	if ((void *)(tcp + 1) > end || ((struct ethhdr *)data)->h_proto != bpf_htons(ETH_P_IP) ||
	    *(__u8 *)ip != 0x45 || ip->frag_off & bpf_htons(0x3fff) || ip->protocol != IPPROTO_TCP)
		return TC_ACT_SHOT;
	key.source = ip->saddr;
	key.destination = ip->daddr;
	key.source_port = tcp->source;
	key.destination_port = tcp->dest;
	key.protocol = ip->protocol;
	return answer(bpf_map_lookup_elem(&table4, &key));
}

SEC("tc")
int floor6(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct ipv6hdr *ip = data + ETH_HLEN;
	struct tcphdr *tcp = (void *)(ip + 1);
	struct key6 key;

	if ((void *)(tcp + 1) > end || ((struct ethhdr *)data)->h_proto != bpf_htons(ETH_P_IPV6) ||
	    ip->version != 6 || ip->nexthdr != IPPROTO_TCP)
		return TC_ACT_SHOT;
	key.source = ip->saddr;
	key.destination = ip->daddr;
	key.source_port = tcp->source;
	key.destination_port = tcp->dest;
	key.protocol = ip->nexthdr;
	return answer(bpf_map_lookup_elem(&table6, &key));
}

char _license[] SEC("license") = "Dual BSD/GPL";
