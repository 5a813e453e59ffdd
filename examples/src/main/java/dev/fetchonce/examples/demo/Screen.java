package dev.fetchonce.examples.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A terminal of 80 columns. The output is plain ASCII, so that it can be read in a file or on a dumb terminal. It has
 * colours only on a terminal that shows them. Not thread-safe.
 */
public final class Screen {
    private static final int WIDTH = 80;
    private static final String INDENT = "   ";

    private final PrintStream out;
    private final boolean coloured;

    /** Makes a screen that writes to a stream. */
    public Screen(PrintStream out, boolean coloured) {
        this.out = out;
        this.coloured = coloured;
    }

    /**
     * Returns a screen on standard output. It has colours on a terminal that shows them, unless {@code NO_COLOR} is
     * set.
     */
    @SuppressWarnings("SystemConsoleNull") // the pom gives -Djdk.console=java.base: null where there is no terminal
    public static Screen ofTerminal() {
        String refused = System.getenv("NO_COLOR");
        boolean able = System.console() != null && !"dumb".equals(System.getenv("TERM"));
        return new Screen(System.out, able && (refused == null || refused.isEmpty()));
    }

    /** Shows the first line. */
    void title(String text) {
        out.println();
        out.println(styled("1", text));
    }

    /** Begins an act. */
    void act(String name, String what) {
        String rest = " ".repeat(Math.max(2, 16 - name.length())) + what;
        out.println();
        out.println(styled("1;36", name) + rest);
        out.println();
    }

    /** Shows a text, broken into lines between words. */
    void say(String text) {
        broken(INDENT, text).forEach(out::println);
    }

    /** Shows program text, or the value that a program returned. */
    void code(String text) {
        out.println(INDENT + INDENT + styled("36", text));
    }

    /** Shows a line of a log. */
    void log(String line) {
        broken(INDENT + "log | ", line).forEach(part -> out.println(styled("2", part)));
    }

    /** Shows an empty line. */
    void gap() {
        out.println();
    }

    /** Shows a claim that holds. */
    void holds(String text) {
        marked("ok", "32", text);
    }

    /** Shows a failure, or a claim that does not hold. */
    void fails(String text) {
        marked("FAILED", "1;31", text);
    }

    /** Shows the last line. */
    void end(boolean good, String text) {
        out.println();
        broken("", text).forEach(line -> out.println(styled(good ? "1;32" : "1;31", line)));
        out.println();
        out.flush();
    }

    /** Shows rows under a header; the first column is aligned to the left, the others to the right. */
    void table(List<String> header, List<List<String>> rows) {
        int[] widths = new int[header.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = header.get(column).length();
            for (List<String> row : rows) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        out.println(styled("2", line(header, widths)));
        rows.forEach(row -> out.println(line(row, widths)));
        out.println();
    }

    /** Breaks a text between words and indents it; a word longer than a line gets a line of its own. */
    private static List<String> broken(String start, String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(start);
        for (String word : text.split(" ", -1)) {
            if (line.length() > start.length() && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line.setLength(start.length());
            }
            line.append(line.length() > start.length() ? " " : "").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    private void marked(String mark, String style, String text) {
        String margin = INDENT + " ".repeat(8);
        List<String> lines = broken(margin, text);
        String first = lines.getFirst().substring(margin.length());
        out.println(INDENT + styled(style, mark) + " ".repeat(8 - mark.length()) + first);
        lines.stream().skip(1).forEach(out::println);
    }

    private static String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder(INDENT);
        for (int column = 0; column < widths.length; column++) {
            String pad = " ".repeat(widths[column] - cells.get(column).length());
            line.append(column == 0 ? cells.get(column) + pad : "  " + pad + cells.get(column));
        }
        return line.toString().stripTrailing();
    }

    private String styled(String style, String text) {
        return coloured ? "\u001b[" + style + "m" + text + "\u001b[0m" : text;
    }
}
