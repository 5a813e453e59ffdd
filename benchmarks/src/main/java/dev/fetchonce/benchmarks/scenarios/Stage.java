package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.contenders.Entrant;
import dev.fetchonce.benchmarks.contenders.Settings;
import dev.fetchonce.benchmarks.origin.Kind;
import dev.fetchonce.benchmarks.origin.OriginAt;
import dev.fetchonce.benchmarks.results.Figure;
import dev.fetchonce.benchmarks.results.Metric;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ObjDoubleConsumer;

/**
 * The surroundings of a scenario. Thread-safe.
 *
 * @param scenario the name of the scenario
 * @param entrant the contender
 * @param origin the origin, which no other process asks in the meantime
 * @param scale the extent of the run
 * @param reports takes the figures
 * @param ids the documents that were requested so far: each new one has an unused id
 */
public record Stage(
        String scenario,
        Entrant entrant,
        OriginAt origin,
        Scale scale,
        ObjDoubleConsumer<Figure> reports,
        AtomicInteger ids) {
    /** Makes a contender with nothing stored. */
    Contender open(Settings settings) {
        return entrant.open(settings);
    }

    /** Returns a URL that has not been requested. */
    String fresh(Kind kind, int bytes, int maxAge) {
        return origin.url(kind, bytes, ids.incrementAndGet(), maxAge);
    }

    /** Returns a call for a document that has not been requested, and that is fresh for a day. */
    Callable<?> miss(Contender contender, int bytes) {
        return contender.call(fresh(Kind.DOC, bytes, Limits.DAY));
    }

    /** Reports one figure. */
    void report(String load, Metric metric, Number value) {
        reports.accept(metric.figure(scenario, entrant.name(), load), value.doubleValue());
    }
}
