/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The touch filter: packets that need no look-up. From a packet in the first direction of a connection to another node an
 * entry in use learns nothing but the time, once in a unit of time. So where policy lets the packet pass, and its connection
 * was touched in this unit, it passes, and the entry is what it would be after a look-up.
 *
 * Two things are asked. `goals` is the verdict: all that it depends on, compared whole. `touched` says that the entry is up to
 * date, by 48 bits of a hash that nobody outside knows and that another unit of time makes anew; who meets another
 * connection's bits there leaves an entry, or its absence, as it is until the unit is over. Both are filled from the plain
 * entry that a packet has just found, and of one that no flood can take: answered, and closed by nobody.
 */
#pragma once

#include "connection_table.h"

#define GOAL_WORDS (int)(sizeof(struct goal) / 8)

/* Where a packet's goal and its connection's mark are, or are to be. */
struct touch {
	struct goal *goal;
	struct touched *touched;
	__u32 mark;
};

static __always_inline __u32 goal_index(const struct goal *goal)
{
	return (goal->destination[0] + goal->destination[1] + goal->traffic) * 0xd6e8feb86659fd93ULL >> 54;
}

_Static_assert(GOALS == 1 << 10 && TOUCHED == 1 << 15, "an index is the highest bits of a hash");

/* `hash` is connection_hash of the packet's key. False: the kernel has no such maps. */
static __always_inline bool touch_find(struct touch *touch, const struct goal *goal, __u64 hash, __u32 time)
{
	__u64 bits = spread(hash ^ ((__u64)goal->epoch << 32 | time));
	__u32 index = goal_index(goal), place = bits >> 49;

	touch->mark = bits >> 16;
	touch->goal = bpf_map_lookup_elem(&goals, &index);
	touch->touched = bpf_map_lookup_elem(&touched, &place);
	return touch->goal && touch->touched;
}

/* Two at once: which of them it is, no branch predictor knows. */
static __always_inline bool has_mark(const struct touched *touched, __u64 mark)
{
	const __u32 *marks = touched->mark;

	return !((marks[0] ^ mark) * (marks[1] ^ mark)) || !((marks[2] ^ mark) * (marks[3] ^ mark));
}

static __always_inline bool is_touched(const struct touch *touch, const struct goal *goal)
{
	const word64 *known = (const word64 *)touch->goal, *asked = (const word64 *)goal;
	__u64 difference = 0;
	int i;

	unroll
	for (i = 0; i < GOAL_WORDS; i++)
		difference |= known[i] ^ asked[i];
	return !difference && has_mark(touch->touched, touch->mark);
}

static __always_inline void touch_note(const struct touch *touch, const struct goal *goal)
{
	word64 *known = (word64 *)touch->goal;
	int i;

	unroll
	for (i = 0; i < GOAL_WORDS; i++)
		known[i] = ((const word64 *)goal)[i];
	unroll
	for (i = 3; i > 0; i--)
		touch->touched->mark[i] = touch->touched->mark[i - 1];
	touch->touched->mark[0] = touch->mark;
}
