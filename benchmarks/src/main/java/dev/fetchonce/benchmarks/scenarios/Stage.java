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
 * Where a scenario takes place. Thread-safe.
 *
 * @param scenario its name
 * @param entrant who is put through it
 * @param origin whom it asks; nobody else does meanwhile
 * @param scale how much is made of it
 * @param reports takes the figures
 * @param ids the documents that were asked for so far: each new one has an id that nobody has asked for
 */
public record Stage(
        String scenario,
        Entrant entrant,
        OriginAt origin,
        Scale scale,
        ObjDoubleConsumer<Figure> reports,
        AtomicInteger ids) {
    /** A new contender, with nothing stored. */
    Contender open(Settings settings) {
        return entrant.open(settings);
    }

    /** A URL that nobody has asked for. */
    String fresh(Kind kind, int bytes, int maxAge) {
        return origin.url(kind, bytes, ids.incrementAndGet(), maxAge);
    }

    /** A call for a document that nobody has asked for, and that is fresh for a day. */
    Callable<?> miss(Contender contender, int bytes) {
        return contender.call(fresh(Kind.DOC, bytes, Limits.DAY));
    }

    /** Takes down one figure. */
    void report(String load, Metric metric, Number value) {
        reports.accept(metric.figure(scenario, entrant.name(), load), value.doubleValue());
    }
}
