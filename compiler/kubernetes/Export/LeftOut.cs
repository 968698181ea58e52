using Netpol.Kubernetes.Objects;
using Netpol.Kubernetes.Reading;
using Netpol.Model;

namespace Netpol.Kubernetes.Export;

/// <summary>Statements beside policies and services: those that decide nothing are left out and named, the others refused.</summary>
internal static class LeftOut
{
    public static void Report(NetworkModel model, ExportLog log)
    {
        foreach (var (origin, what) in Statements(model))
        {
            log.Report(ExportDiagnostics.LeftOut, origin, what);
        }

        if (!model.Cluster.HasV4 || !model.Cluster.HasV6)
        {
            log.RefuseAll("`families`", "Kubernetes objects", "no policy leaves out a family");
        }

        foreach (var declared in model.Namespaces)
        {
            var mistake = Names.LabelMistake(declared.Name) ?? LabelCheck.MistakeIn(LabelSelector.Of(declared.Labels));
            if (mistake is not null)
            {
                log.Refuse(declared.Origin, $"`namespace {declared.Name}`", "a Namespace", mistake);
            }
        }
    }

    private static IEnumerable<(Origin Origin, string What)> Statements(NetworkModel model) =>
    [
        .. model.Observations.Take(1).Select(observation => (observation.Origin, "`observe`")),
        .. model.Tests.Take(1).Select(test => (test.Origin, "`test`")),
        .. model.Assertions.Take(1).Select(assertion => (assertion.Origin, "`assert`")),
        .. model.Assumptions.Take(1).Select(assumption => (assumption.Origin, "`assume`")),
    ];
}
