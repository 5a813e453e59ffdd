package dev.fetchonce.benchmarks.results;

import java.time.Duration;

/** The machine, the date and the command of a run. */
final class Environment {
    private static final double GIB = 1L << 30;

    private Environment() {}

    /** Returns them as a Markdown table. */
    static String table(Results results) {
        Machine machine = results.machine();
        return """
                | | |
                | --- | --- |
                | machine | %s |
                | JDK | %s |
                | date | %s |
                | command | `%s` |
                | it took | %s |
                """.formatted(machine(machine), machine.jdk(), results.date(), results.command(), duration(results));
    }

    /** Returns them as one line. */
    static String line(Results results) {
        Machine machine = results.machine();
        return results.date() + ", " + machine(machine) + ", " + machine.jdk() + ", `" + results.command() + "`";
    }

    private static String machine(Machine machine) {
        return machine.processors() + (machine.processors() == 1 ? " processor, " : " processors, ")
                + Digits.of(machine.memoryBytes() / GIB) + " GiB, " + machine.system();
    }

    private static String duration(Results results) {
        Duration took = Duration.ofSeconds(results.seconds());
        String minutes = took.toMinutesPart() + " min ";
        return (took.toHours() > 0 ? took.toHours() + " h " + minutes : took.toMinutes() > 0 ? minutes : "")
                + took.toSecondsPart() + " s";
    }
}
