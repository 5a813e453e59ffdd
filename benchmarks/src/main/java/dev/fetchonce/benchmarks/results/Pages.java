package dev.fetchonce.benchmarks.results;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The filler of Markdown pages. It fills the parts between {@code <!-- bench:NAME -->} and
 * {@code <!-- /bench:NAME -->}. The text outside stays as it is, byte for byte.
 */
public final class Pages {
    private static final Pattern MARKER = Pattern.compile("<!-- (/?)bench:(\\S+) -->");

    private Pages() {}

    /**
     * Returns the page with its parts filled.
     *
     * @param title the title of the page in messages
     * @param parts the texts by name; each text has its place on the page, and each place its text
     * @throws IllegalArgumentException when a marker is missing, comes twice, is not closed, is closed but not open, is
     *     inside another, or names an unknown part
     */
    public static String filled(String title, String page, Map<String, String> parts) {
        Set<String> found = new HashSet<>();
        Map<String, String> left = new HashMap<>(parts);
        StringBuilder filled = new StringBuilder();
        Matcher marker = MARKER.matcher(page);
        int kept = 0;
        while (marker.find()) {
            String name = opened(title, marker, found);
            String text = left.remove(name);
            if (text == null) {
                throw new IllegalArgumentException(title + ": there is no part called " + name);
            }
            filled.append(page, kept, marker.end())
                    .append("\n\n")
                    .append(text.strip())
                    .append("\n\n");
            if (!marker.find()) {
                throw new IllegalArgumentException(title + ": bench:" + name + " is not closed");
            }
            kept = marker.start();
            requireClosed(title, marker, name);
        }
        if (!left.isEmpty()) {
            throw new IllegalArgumentException(title + ": no marker for "
                    + String.join(", ", left.keySet().stream().sorted().toList()));
        }
        return filled.append(page, kept, page.length()).toString();
    }

    private static String opened(String title, Matcher marker, Set<String> found) {
        String name = marker.group(2);
        if (!marker.group(1).isEmpty()) {
            throw new IllegalArgumentException(title + ": bench:" + name + " is closed without being open");
        }
        if (!found.add(name)) {
            throw new IllegalArgumentException(title + ": bench:" + name + " is there twice");
        }
        return name;
    }

    private static void requireClosed(String title, Matcher marker, String open) {
        String name = marker.group(2);
        if (marker.group(1).isEmpty()) {
            throw new IllegalArgumentException(
                    title + ": bench:" + name + " within bench:" + open + ", which is not closed");
        }
        if (!name.equals(open)) {
            throw new IllegalArgumentException(title + ": bench:" + open + " is closed by bench:" + name);
        }
    }
}
