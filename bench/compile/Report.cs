using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Netpol.Bench.Compile;

/// <summary>Measurements for people and for machines.</summary>
internal static class Report
{
    /// <summary>A line a stage; behind each size after the first how many times more it takes than the one before.</summary>
    public static void Write(TextWriter output, ImmutableArray<Measurement> measurements)
    {
        var sizes = measurements.Select(measurement => measurement.Rules).Distinct().ToList();
        output.Write($"{"",-24}");
        sizes.ForEach(rules => output.Write(Text($"{rules} rules").PadLeft(22)));
        output.WriteLine();
        foreach (var rows in measurements.GroupBy(measurement => measurement.What))
        {
            output.Write($"{rows.Key,-24}");
            Measurement? smaller = null;
            foreach (var measurement in rows)
            {
                var growth = smaller is null ? "" : Text($" x{measurement.Milliseconds / smaller.Milliseconds:0.0}");
                output.Write(Text($"{measurement.Milliseconds:0.0} ms{growth}").PadLeft(22));
                smaller = measurement;
            }

            output.WriteLine();
            output.Write($"{(rows.First().IsStage ? "  allocated" : "  peak"),-24}");
            foreach (var measurement in rows)
            {
                output.Write(Text($"{measurement.Kilobytes / 1024:0.0} MiB").PadLeft(22));
            }

            output.WriteLine();
        }

        if (TimesFaster(measurements) is { } times)
        {
            output.WriteLine(Text($"a build of {SmallestFile} rules by bytecode is {times:0.0} times as fast as one by clang"));
        }

        foreach (var refused in measurements.Where(measurement => measurement.Refusal is not null))
        {
            output.WriteLine(Text($"{refused.What}, {refused.Rules} rules, failed: {refused.Refusal}"));
        }
    }

    public static void WriteJson(string path, ImmutableArray<Measurement> measurements)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/");
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("processors", Environment.ProcessorCount);
        json.WriteStartArray("measurements");
        foreach (var measurement in measurements)
        {
            json.WriteStartObject();
            json.WriteString("what", measurement.What);
            json.WriteNumber("rules", measurement.Rules);
            json.WriteNumber("milliseconds", Math.Round(measurement.Milliseconds, 3));
            json.WriteNumber(measurement.IsStage ? "allocatedKilobytes" : "peakKilobytes", Math.Round(measurement.Kilobytes));
            if (measurement.Refusal is not null)
            {
                json.WriteString("failed", measurement.Refusal);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (TimesFaster(measurements) is { } times)
        {
            json.WriteNumber("bytecodeTimesFasterThanClang", Math.Round(times, 1));
        }

        json.WriteEndObject();
    }

    private const int SmallestFile = 100;

    // Null: one of the two was not measured.
    private static double? TimesFaster(ImmutableArray<Measurement> measurements) =>
        Of(measurements, "build (c)") / Of(measurements, "build (bytecode)");

    private static double? Of(ImmutableArray<Measurement> measurements, string what) =>
        measurements.FirstOrDefault(measurement => measurement.What == what && measurement.Rules == SmallestFile && measurement.Refusal is null)?.Milliseconds;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
