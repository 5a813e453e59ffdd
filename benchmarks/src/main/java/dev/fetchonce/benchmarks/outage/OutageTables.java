package dev.fetchonce.benchmarks.outage;

import dev.fetchonce.benchmarks.results.Digits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The tables of the page about outages. */
final class OutageTables {
    private static final double SECOND = 1e9;
    private static final double LEAST = SECOND / 1_000 / 2;
    private static final String NOTHING = "–";
    private static final String NEVER = "never";

    private OutageTables() {}

    /** Returns the tables by their names on the page. */
    static Map<String, String> all(OutageSamples samples) {
        return Map.of(
                "targets", targets(samples),
                "misses", misses(samples),
                "length", cases(samples, OutageCases.byLength()),
                "urls", cases(samples, OutageCases.byUrls()),
                "callers", cases(samples, OutageCases.byCallers()),
                "others", cases(samples, OutageCases.besideOthers()),
                "flapping", cases(samples, OutageCases.flapping()),
                "cold", cases(samples, OutageCases.cold()));
    }

    private static String targets(OutageSamples samples) {
        List<String> lines = new ArrayList<>();
        lines.add("| target | cases | nearest to its bound, or farthest beyond it | verdict |");
        lines.add("| --- | ---: | --- | --- |");
        for (OutageTarget target : OutageTarget.values()) {
            List<OutageSample> concerned = concerned(samples, target);
            long missed =
                    concerned.stream().filter(sample -> !target.met(sample)).count();
            lines.add("| " + target.text() + " | " + concerned.size() + " | "
                    + reading(target, target.nearest(concerned)) + " | "
                    + (missed == 0 ? "✔ met" : "✘ missed in " + missed) + " |");
        }
        return String.join("\n", lines);
    }

    private static String reading(OutageTarget target, OutageSample sample) {
        OutageCase outage = sample.outage();
        return number(target, target.measured(sample)) + " of " + number(target, target.bound(outage)) + ": "
                + name(outage);
    }

    private static String number(OutageTarget target, long number) {
        return switch (target.unit()) {
            case COUNT -> Digits.exact().format(number);
            case TIME -> number == OutageResult.NEVER ? NEVER : milliseconds(number) + " s";
        };
    }

    /** Returns the cases that miss a target. */
    private static String misses(OutageSamples samples) {
        List<String> lines = new ArrayList<>();
        lines.add("| target | missed by |");
        lines.add("| --- | --- |");
        for (OutageTarget target : OutageTarget.values()) {
            String missed = concerned(samples, target).stream()
                    .filter(sample -> !target.met(sample))
                    .map(sample -> reading(target, sample))
                    .collect(Collectors.joining("<br>"));
            if (!missed.isEmpty()) {
                lines.add("| " + target.text() + " | " + missed + " |");
            }
        }
        return lines.size() == 2 ? "Each case meets each target." : String.join("\n", lines);
    }

    private static List<OutageSample> concerned(OutageSamples samples, OutageTarget target) {
        return samples.all().stream()
                .filter(sample -> target.concerns(sample.outage()))
                .toList();
    }

    private static String cases(OutageSamples samples, List<OutageCase> cases) {
        List<String> lines = new ArrayList<>();
        lines.add("| outage | requests | refused connections | longest wait | after the first failure | failed calls |"
                + " first URL fresh | last URL fresh | stale without trouble, or while slow |");
        lines.add("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        cases.forEach(outage -> lines.add(row(samples.of(outage))));
        return String.join("\n", lines);
    }

    private static String row(OutageSample sample) {
        return List.of(
                        name(sample.outage()),
                        count(sample.most(OutageResult::requests)),
                        count(sample.most(OutageResult::connects)),
                        seconds(sample.most(OutageResult::worstWait)),
                        seconds(sample.most(OutageResult::laterWait)),
                        count(sample.most(OutageResult::failedCalls)),
                        spread(
                                sample.median(OutageResult::firstFresh),
                                sample.percentile(95, OutageResult::firstFresh)),
                        spread(sample.median(OutageResult::lastFresh), sample.percentile(95, OutageResult::lastFresh)),
                        seconds(sample.most(OutageResult::longestStale)))
                .stream()
                .collect(Collectors.joining(" | ", "| ", " |"));
    }

    private static String name(OutageCase outage) {
        List<String> words = new ArrayList<>();
        words.add(outage.kind());
        words.add(String.format(
                Locale.ROOT, "%s s", Digits.exact().format(outage.length().toNanos() / SECOND)));
        switch (outage.broken()) {
            case ALL, FIRST_USER -> words.add(count(outage.urls()) + (outage.urls() == 1 ? " URL" : " URLs"));
            case FIRST_URL -> words.add("one of " + outage.urls() + " URLs");
            case OTHER_URLS -> words.add(count(outage.urls() - 1) + " URLs beside a good one");
        }
        if (outage.outages() > 1) {
            words.add(outage.outages() + " times, " + outage.up().toSeconds() + " s between");
        }
        if (outage.callers() != OutageCase.USUAL_CALLERS) {
            words.add(count(outage.callers()) + (outage.callers() == 1 ? " caller" : " callers"));
        }
        if (!outage.stored()) {
            words.add("nothing stored");
        }
        return String.join("; ", words);
    }

    private static String count(long number) {
        return number == 0 ? NOTHING : Digits.exact().format(number);
    }

    private static String seconds(long nanos) {
        return nanos == OutageResult.NEVER ? NEVER : nanos < LEAST ? NOTHING : milliseconds(nanos) + " s";
    }

    /** Returns a time in seconds, with three decimals. */
    private static String milliseconds(long nanos) {
        return Digits.exact().format(Math.round(nanos / SECOND * 1e3) / 1e3);
    }

    private static String spread(long median, long percentile) {
        String middle = seconds(median);
        String high = seconds(percentile);
        return middle.equals(high) ? middle : middle + ", " + high;
    }
}
