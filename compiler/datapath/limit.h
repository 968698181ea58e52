/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Limits: a limited rule allows a new connection if its bucket has a token. A bucket is one number, the time at which it
 * will be full again (ITU-T I.371, the virtual scheduling algorithm), so that taking a token is one compare-and-exchange.
 */
#pragma once

#include "maps.h"
#include "parse.h"

#if NETPOL_TIERS

/* So many limited rules are asked of one connection: a list of them has so many entries. */
#define LIMITED_RULES	(VERDICT_NODE_ENTRIES - 1)

/* Who finds the bucket changed so often tries in vain: others have taken the tokens meanwhile. */
#define TOKEN_TRIES	8

/*
 * Of work->bucket, for a rule with this limit. It stays as it is: another rule may be asked with it. A global function: the
 * verifier follows it once.
 */
__noinline int take_token(struct work *work)
{
	struct bucket_key key;
	const struct limit *limit;
	__u64 *bucket;
	__u64 now, full_at, found;
	int i;

	if (!work)
		return 0;
	key = work->bucket;
	limit = bpf_map_lookup_elem(&limits, &key.rule);
	if (!limit)
		return 0;
	if (!limit->per_source) {
		key.kind = BUCKET_OF_ALL;
		key.source = 0;
	}
	now = bpf_ktime_get_ns();
	bucket = bpf_map_lookup_elem(&limit_buckets, &key);
	if (!bucket) {
		full_at = now + limit->each;
		if (!bpf_map_update_elem(&limit_buckets, &key, &full_at, BPF_NOEXIST))
			return 1;
		bucket = bpf_map_lookup_elem(&limit_buckets, &key);
		if (!bucket)
			return 0;
	}
	found = *(volatile __u64 *)bucket;
	once_each
	for (i = 0; i < TOKEN_TRIES; i++) {
		__u64 before = found;

		full_at = (__s64)(before - now) > 0 ? before : now;
		if (full_at - now > limit->burst)
			return 0;
		found = __sync_val_compare_and_swap(bucket, before, full_at + limit->each);
		if (found == before)
			return 1;
	}
	return 0;
}

/* Whose bucket pays; whether the limit is per source is known to take_token. */
static __always_inline void put_bucket(struct work *work, __u32 endpoint, const struct address *source)
{
	struct bucket_key *bucket = &work->bucket;

	bucket->endpoint = endpoint;
	bucket->source = 0;
	if (source && source->endpoint) {
		bucket->kind = BUCKET_OF_ENDPOINT;
		bucket->source = source->endpoint;
	} else if (work->subject.family == 4) {
		bucket->kind = BUCKET_OF_IPV4;
		bucket->source = work->subject.source.v4;
	} else {
		bucket->kind = BUCKET_OF_IPV6;
		bucket->source = work->subject.source.halves[0];
	}
}

/*
 * A verdict, and of limited rules the first that has a token. A connection that runs already (`charges` is false) is judged as
 * if none were spent, and takes none.
 */
static __always_inline __u64 limited_verdict(struct work *work, const bool ingress, const bool charges)
{
	struct policy_input *in = &work->question;
	__u64 verdict = POLICY_DEFAULT_DENY;
	int i;

	in->spent = 0;
	once_each
	for (i = 0; i <= LIMITED_RULES; i++) {
		verdict = ingress ? ingress_verdict(in) : egress_verdict(in);
		if (!policy_limited(verdict))
			break;
		work->flags |= WORK_LIMITED;
		work->bucket.rule = policy_rule(verdict);
		if (!charges || take_token(work))
			return verdict;
		in->spent = work->bucket.rule;
	}
	if (in->spent && (policy_limited(verdict) || policy_reason(verdict) == REASON_DEFAULT_DENY ||
			  policy_reason(verdict) == REASON_NOT_ISOLATED))
		return POLICY_LIMIT_SPENT;
	return verdict;
}

#endif
