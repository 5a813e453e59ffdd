package dev.fetchonce.benchmarks.outage;

import dev.fetchonce.benchmarks.results.LinePlot;
import dev.fetchonce.benchmarks.results.LinePlot.Axis;
import dev.fetchonce.benchmarks.results.LinePlot.Line;
import dev.fetchonce.benchmarks.results.LinePlot.Panel;
import dev.fetchonce.benchmarks.results.LinePlot.Point;
import dev.fetchonce.benchmarks.results.LinePlot.Style;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The plots of the page about outages. */
final class OutagePlots {
    private static final double SECOND = 1e9;
    private static final double LEAST = 0.03;
    private static final double LONG = 600;
    private static final double SHORT = 5;
    private static final List<Double> POWERS = List.of(1.0, 10.0, 100.0, 1_000.0, 10_000.0);

    private OutagePlots() {}

    /** Returns the plots by the names of their files. */
    static Map<String, String> all(OutageSamples samples) {
        return Map.of(
                "requests-over-time.svg", requestsOverTime(samples).svg(),
                "recovery-by-length.svg", recoveryByLength(samples).svg(),
                "requests-by-urls.svg", requestsByUrls(samples).svg());
    }

    private static LinePlot requestsOverTime(OutageSamples samples) {
        List<String> kinds =
                List.of(OutageCases.REFUSES, OutageCases.UNAVAILABLE, OutageCases.RETRY_AFTER, OutageCases.HANGS);
        List<Line> lines = new ArrayList<>();
        for (String kind : kinds) {
            OutageResult result =
                    samples.of(OutageCases.of(kind, LONG)).results().getFirst();
            lines.add(new Line(kind, lines.size(), Style.PLAIN, steps(result.requestTimes())));
        }
        return new LinePlot(
                "requests to one URL in an outage of ten minutes",
                "requests at the origin since the beginning; a caller asks all the time",
                new Axis("requests", 0, 140, false, List.of(0.0, 20.0)),
                List.of(new Panel("", new Axis("seconds of the outage", 0, LONG, false, List.of(0.0, 60.0)), lines)));
    }

    /** Returns the number of requests as steps over time. */
    private static List<Point> steps(List<Long> times) {
        List<Point> points = new ArrayList<>();
        points.add(new Point(0, 0));
        for (int i = 0; i < times.size(); i++) {
            double at = times.get(i) / SECOND;
            points.add(new Point(at, i));
            points.add(new Point(at, i + 1));
        }
        points.add(new Point(LONG, times.size()));
        return points;
    }

    private static LinePlot recoveryByLength(OutageSamples samples) {
        return new LinePlot(
                "from the return of the origin to the first fresh answer",
                "seconds, over the length of the outage; one URL; logarithmic scales",
                new Axis("seconds", LEAST, 30, true, List.of(0.1, 1.0, 10.0)),
                Stream.of(OutageCases.REFUSES, OutageCases.UNAVAILABLE, OutageCases.LIMITS, OutageCases.HANGS)
                        .map(kind -> recovery(samples, kind))
                        .toList());
    }

    private static Panel recovery(OutageSamples samples, String kind) {
        return new Panel(
                kind,
                new Axis("seconds of the outage", 0.4, 750, true, List.of(0.5, 5.0, 60.0, 600.0)),
                List.of(
                        over(kind, "median", 1, Style.DOTTED, samples, one -> one.median(OutageResult::firstFresh)),
                        over(
                                kind,
                                "95th percentile",
                                0,
                                Style.DOTTED,
                                samples,
                                one -> one.percentile(95, OutageResult::firstFresh)),
                        over(kind, "target", 0, Style.BOUND, samples, one -> OutageTarget.recovery(one.outage()))));
    }

    private static Line over(
            String kind,
            String name,
            int colour,
            Style style,
            OutageSamples samples,
            ToDoubleFunction<OutageSample> nanos) {
        return new Line(
                name,
                colour,
                style,
                OutageCases.LENGTHS.stream()
                        .map(seconds -> new Point(
                                seconds,
                                Math.max(
                                        LEAST,
                                        nanos.applyAsDouble(samples.of(OutageCases.of(kind, seconds))) / SECOND)))
                        .toList());
    }

    private static LinePlot requestsByUrls(OutageSamples samples) {
        return new LinePlot(
                "requests at the origin, over the number of URLs that fail",
                "most requests of all runs; logarithmic scales",
                new Axis("requests", 1, 1_000, true, POWERS),
                Stream.of(SHORT, LONG)
                        .map(seconds -> new Panel(
                                Duration.ofSeconds(seconds.longValue()).toSeconds() + " s",
                                new Axis("URLs at the host", 0.8, 14_000, true, POWERS),
                                List.of(
                                        requests(OutageCases.UNAVAILABLE, 1, seconds, samples),
                                        requests(OutageCases.RETRY_AFTER, 2, seconds, samples),
                                        requests(OutageCases.HANGS, 3, seconds, samples),
                                        bound(seconds))))
                        .toList());
    }

    private static Line requests(String kind, int colour, double seconds, OutageSamples samples) {
        return new Line(
                kind,
                colour,
                Style.DOTTED,
                OutageCases.URLS.stream()
                        .map(urls -> new Point(
                                urls,
                                samples.of(OutageCases.of(kind, seconds).urls(urls))
                                        .most(OutageResult::requests)))
                        .toList());
    }

    private static Line bound(double seconds) {
        return new Line(
                "target for statuses",
                0,
                Style.BOUND,
                OutageCases.URLS.stream()
                        .map(urls -> new Point(
                                urls,
                                OutageTarget.requests(OutageCases.of(OutageCases.UNAVAILABLE, seconds)
                                        .urls(urls))))
                        .toList());
    }
}
