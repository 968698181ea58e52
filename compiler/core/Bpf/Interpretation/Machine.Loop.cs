using System.Buffers.Binary;

namespace Netpol.Compiler.Bpf.Interpretation;

/// <summary>The loop: one line an instruction.</summary>
public sealed partial class Machine
{
    private RunResult Execute(int entry, Span<ulong> r, bool[]? stops, int maxSteps)
    {
        var frame = 0;
        EnterFrame(r, frame);
        var steps = _program.Steps;
        var at = entry;
        for (var count = 1; count <= maxSteps; count++)
        {
            if (stops is not null && count > 1 && stops[at])
            {
                return new RunResult(FaultKind.Stopped, 0, at, count);
            }

            var current = at++;
            ref readonly var step = ref steps[current];
            int d = step.Destination & 15, s = step.Source & 15;
            var fault = FaultKind.None;
            switch (step.Code)
            {
                case Code.Add64Immediate: r[d] = r[d] + (ulong)step.Immediate; break;
                case Code.Subtract64Immediate: r[d] = r[d] - (ulong)step.Immediate; break;
                case Code.Multiply64Immediate: r[d] = r[d] * (ulong)step.Immediate; break;
                case Code.Or64Immediate: r[d] = r[d] | (ulong)step.Immediate; break;
                case Code.And64Immediate: r[d] = r[d] & (ulong)step.Immediate; break;
                case Code.Xor64Immediate: r[d] = r[d] ^ (ulong)step.Immediate; break;
                case Code.Divide64Immediate: r[d] = Divide(r[d], (ulong)step.Immediate); break;
                case Code.Modulo64Immediate: r[d] = Modulo(r[d], (ulong)step.Immediate); break;
                case Code.ShiftLeft64Immediate: r[d] = r[d] << (int)step.Immediate; break;
                case Code.ShiftRight64Immediate: r[d] = r[d] >> (int)step.Immediate; break;
                case Code.ShiftRightSigned64Immediate: r[d] = (ulong)((long)r[d] >> (int)step.Immediate); break;
                case Code.Move64Immediate: r[d] = (ulong)step.Immediate; break;
                case Code.Add64Register: r[d] = r[d] + r[s]; break;
                case Code.Subtract64Register: r[d] = r[d] - r[s]; break;
                case Code.Multiply64Register: r[d] = r[d] * r[s]; break;
                case Code.Or64Register: r[d] = r[d] | r[s]; break;
                case Code.And64Register: r[d] = r[d] & r[s]; break;
                case Code.Xor64Register: r[d] = r[d] ^ r[s]; break;
                case Code.Divide64Register: r[d] = Divide(r[d], r[s]); break;
                case Code.Modulo64Register: r[d] = Modulo(r[d], r[s]); break;
                case Code.ShiftLeft64Register: r[d] = r[d] << (int)r[s]; break;
                case Code.ShiftRight64Register: r[d] = r[d] >> (int)r[s]; break;
                case Code.ShiftRightSigned64Register: r[d] = (ulong)((long)r[d] >> (int)r[s]); break;
                case Code.Move64Register: r[d] = r[s]; break;
                case Code.Negate64: r[d] = 0 - r[d]; break;

                case Code.Add32Immediate: r[d] = (uint)r[d] + (uint)step.Immediate; break;
                case Code.Subtract32Immediate: r[d] = (uint)r[d] - (uint)step.Immediate; break;
                case Code.Multiply32Immediate: r[d] = (uint)r[d] * (uint)step.Immediate; break;
                case Code.Or32Immediate: r[d] = (uint)r[d] | (uint)step.Immediate; break;
                case Code.And32Immediate: r[d] = (uint)r[d] & (uint)step.Immediate; break;
                case Code.Xor32Immediate: r[d] = (uint)r[d] ^ (uint)step.Immediate; break;
                case Code.Divide32Immediate: r[d] = Divide((uint)r[d], (uint)step.Immediate); break;
                case Code.Modulo32Immediate: r[d] = Modulo((uint)r[d], (uint)step.Immediate); break;
                case Code.ShiftLeft32Immediate: r[d] = (uint)r[d] << (int)step.Immediate; break;
                case Code.ShiftRight32Immediate: r[d] = (uint)r[d] >> (int)step.Immediate; break;
                case Code.ShiftRightSigned32Immediate: r[d] = (uint)((int)r[d] >> (int)step.Immediate); break;
                case Code.Move32Immediate: r[d] = (uint)step.Immediate; break;
                case Code.Add32Register: r[d] = (uint)r[d] + (uint)r[s]; break;
                case Code.Subtract32Register: r[d] = (uint)r[d] - (uint)r[s]; break;
                case Code.Multiply32Register: r[d] = (uint)r[d] * (uint)r[s]; break;
                case Code.Or32Register: r[d] = (uint)r[d] | (uint)r[s]; break;
                case Code.And32Register: r[d] = (uint)r[d] & (uint)r[s]; break;
                case Code.Xor32Register: r[d] = (uint)r[d] ^ (uint)r[s]; break;
                case Code.Divide32Register: r[d] = Divide((uint)r[d], (uint)r[s]); break;
                case Code.Modulo32Register: r[d] = Modulo((uint)r[d], (uint)r[s]); break;
                case Code.ShiftLeft32Register: r[d] = (uint)r[d] << (int)r[s]; break;
                case Code.ShiftRight32Register: r[d] = (uint)r[d] >> (int)r[s]; break;
                case Code.ShiftRightSigned32Register: r[d] = (uint)((int)r[d] >> (int)r[s]); break;
                case Code.Move32Register: r[d] = (uint)r[s]; break;
                case Code.Negate32: r[d] = 0 - (uint)r[d]; break;

                case Code.ToLittleEndian16: r[d] = (ushort)r[d]; break;
                case Code.ToLittleEndian32: r[d] = (uint)r[d]; break;
                case Code.ToLittleEndian64: break;
                case Code.ToBigEndian16: r[d] = BinaryPrimitives.ReverseEndianness((ushort)r[d]); break;
                case Code.ToBigEndian32: r[d] = BinaryPrimitives.ReverseEndianness((uint)r[d]); break;
                case Code.ToBigEndian64: r[d] = BinaryPrimitives.ReverseEndianness(r[d]); break;

                case Code.Jump: at = step.Target; break;
                case Code.JumpIfEqual64Immediate: if (r[d] == (ulong)step.Immediate) { at = step.Target; } break;
                case Code.JumpIfEqual64Register: if (r[d] == r[s]) { at = step.Target; } break;
                case Code.JumpIfGreater64Immediate: if (r[d] > (ulong)step.Immediate) { at = step.Target; } break;
                case Code.JumpIfGreater64Register: if (r[d] > r[s]) { at = step.Target; } break;
                case Code.JumpIfGreaterOrEqual64Immediate: if (r[d] >= (ulong)step.Immediate) { at = step.Target; } break;
                case Code.JumpIfGreaterOrEqual64Register: if (r[d] >= r[s]) { at = step.Target; } break;
                case Code.JumpIfAnyBit64Immediate: if ((r[d] & (ulong)step.Immediate) != 0) { at = step.Target; } break;
                case Code.JumpIfAnyBit64Register: if ((r[d] & r[s]) != 0) { at = step.Target; } break;
                case Code.JumpIfNotEqual64Immediate: if (r[d] != (ulong)step.Immediate) { at = step.Target; } break;
                case Code.JumpIfNotEqual64Register: if (r[d] != r[s]) { at = step.Target; } break;
                case Code.JumpIfGreaterSigned64Immediate: if ((long)r[d] > step.Immediate) { at = step.Target; } break;
                case Code.JumpIfGreaterSigned64Register: if ((long)r[d] > (long)r[s]) { at = step.Target; } break;
                case Code.JumpIfGreaterOrEqualSigned64Immediate: if ((long)r[d] >= step.Immediate) { at = step.Target; } break;
                case Code.JumpIfGreaterOrEqualSigned64Register: if ((long)r[d] >= (long)r[s]) { at = step.Target; } break;
                case Code.JumpIfLess64Immediate: if (r[d] < (ulong)step.Immediate) { at = step.Target; } break;
                case Code.JumpIfLess64Register: if (r[d] < r[s]) { at = step.Target; } break;
                case Code.JumpIfLessOrEqual64Immediate: if (r[d] <= (ulong)step.Immediate) { at = step.Target; } break;
                case Code.JumpIfLessOrEqual64Register: if (r[d] <= r[s]) { at = step.Target; } break;
                case Code.JumpIfLessSigned64Immediate: if ((long)r[d] < step.Immediate) { at = step.Target; } break;
                case Code.JumpIfLessSigned64Register: if ((long)r[d] < (long)r[s]) { at = step.Target; } break;
                case Code.JumpIfLessOrEqualSigned64Immediate: if ((long)r[d] <= step.Immediate) { at = step.Target; } break;
                case Code.JumpIfLessOrEqualSigned64Register: if ((long)r[d] <= (long)r[s]) { at = step.Target; } break;

                case Code.JumpIfEqual32Immediate: if ((uint)r[d] == (uint)step.Immediate) { at = step.Target; } break;
                case Code.JumpIfEqual32Register: if ((uint)r[d] == (uint)r[s]) { at = step.Target; } break;
                case Code.JumpIfGreater32Immediate: if ((uint)r[d] > (uint)step.Immediate) { at = step.Target; } break;
                case Code.JumpIfGreater32Register: if ((uint)r[d] > (uint)r[s]) { at = step.Target; } break;
                case Code.JumpIfGreaterOrEqual32Immediate: if ((uint)r[d] >= (uint)step.Immediate) { at = step.Target; } break;
                case Code.JumpIfGreaterOrEqual32Register: if ((uint)r[d] >= (uint)r[s]) { at = step.Target; } break;
                case Code.JumpIfAnyBit32Immediate: if (((uint)r[d] & (uint)step.Immediate) != 0) { at = step.Target; } break;
                case Code.JumpIfAnyBit32Register: if (((uint)r[d] & (uint)r[s]) != 0) { at = step.Target; } break;
                case Code.JumpIfNotEqual32Immediate: if ((uint)r[d] != (uint)step.Immediate) { at = step.Target; } break;
                case Code.JumpIfNotEqual32Register: if ((uint)r[d] != (uint)r[s]) { at = step.Target; } break;
                case Code.JumpIfGreaterSigned32Immediate: if ((int)r[d] > (int)step.Immediate) { at = step.Target; } break;
                case Code.JumpIfGreaterSigned32Register: if ((int)r[d] > (int)r[s]) { at = step.Target; } break;
                case Code.JumpIfGreaterOrEqualSigned32Immediate: if ((int)r[d] >= (int)step.Immediate) { at = step.Target; } break;
                case Code.JumpIfGreaterOrEqualSigned32Register: if ((int)r[d] >= (int)r[s]) { at = step.Target; } break;
                case Code.JumpIfLess32Immediate: if ((uint)r[d] < (uint)step.Immediate) { at = step.Target; } break;
                case Code.JumpIfLess32Register: if ((uint)r[d] < (uint)r[s]) { at = step.Target; } break;
                case Code.JumpIfLessOrEqual32Immediate: if ((uint)r[d] <= (uint)step.Immediate) { at = step.Target; } break;
                case Code.JumpIfLessOrEqual32Register: if ((uint)r[d] <= (uint)r[s]) { at = step.Target; } break;
                case Code.JumpIfLessSigned32Immediate: if ((int)r[d] < (int)step.Immediate) { at = step.Target; } break;
                case Code.JumpIfLessSigned32Register: if ((int)r[d] < (int)r[s]) { at = step.Target; } break;
                case Code.JumpIfLessOrEqualSigned32Immediate: if ((int)r[d] <= (int)step.Immediate) { at = step.Target; } break;
                case Code.JumpIfLessOrEqualSigned32Register: if ((int)r[d] <= (int)r[s]) { at = step.Target; } break;

                case Code.LoadImmediate64 or Code.LoadMap or Code.LoadMapValue: r[d] = (ulong)step.Immediate; break;
                case Code.Load8 or Code.Load16 or Code.Load32 or Code.Load64:
                    fault = Load(step, r[s], ref r[d]);
                    break;
                case Code.Store8Immediate or Code.Store16Immediate or Code.Store32Immediate or Code.Store64Immediate:
                    fault = Store(step, r[d], (ulong)step.Immediate);
                    break;
                case Code.Store8Register or Code.Store16Register or Code.Store32Register or Code.Store64Register:
                    fault = Store(step, r[d], r[s]);
                    break;

                case Code.CallHelper:
                    fault = CallHelper(step, r);
                    break;
                case Code.CallFunction when frame == MaxFrames - 1:
                    fault = FaultKind.TooManyFrames;
                    break;
                case Code.CallFunction when stops is not null:
                    return new RunResult(FaultKind.Called, 0, current, count);
                case Code.CallFunction:
                    _returns[frame] = at;
                    r.Slice(6, KeptRegisters).CopyTo(_kept.AsSpan(frame * KeptRegisters));
                    at = step.Target;
                    EnterFrame(r, ++frame);
                    break;
                case Code.Exit when frame == 0:
                    return new RunResult(FaultKind.None, r[0], current, count);
                case Code.Exit:
                    at = _returns[--frame];
                    _kept.AsSpan(frame * KeptRegisters, KeptRegisters).CopyTo(r[6..]);
                    r[10] = EndOfFrame(frame);
                    r.Slice(1, 5).Fill(Lost);
                    break;
                default:
                    fault = Atomic(step, r);
                    break;
            }

            if (fault != FaultKind.None)
            {
                return new RunResult(fault, 0, current, count);
            }
        }

        return new RunResult(FaultKind.TooManySteps, 0, at, maxSteps);
    }
}
