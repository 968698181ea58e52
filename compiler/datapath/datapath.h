/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The whole library, in the order of the packet's way. README.md says what a source defines before and after this. */
#pragma once

#include "abi.h"
#include "policy.h"
#include "maps.h"

char license[] SEC("license") = "Dual BSD/GPL";
