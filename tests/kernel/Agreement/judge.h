/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Asks both verdicts many questions at once, instead of judging one packet. */
#pragma once

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "policy.h"

#define BATCH 512

struct batch {
	struct policy_input in[BATCH];
	__u64 egress[BATCH];
	__u64 ingress[BATCH];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct batch);
} batch SEC(".maps");

SEC("tc")
int judge(struct __sk_buff *skb)
{
	__u32 zero = 0, i;
	struct batch *questions = bpf_map_lookup_elem(&batch, &zero);

	if (!questions)
		return 0;
	for (i = 0; i < BATCH; i++) {
		questions->egress[i] = egress_verdict(&questions->in[i]);
		questions->ingress[i] = ingress_verdict(&questions->in[i]);
	}
	return 1;
}

char _license[] SEC("license") = "Dual BSD/GPL";
