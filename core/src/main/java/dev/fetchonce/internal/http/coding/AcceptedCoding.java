package dev.fetchonce.internal.http.coding;

import dev.fetchonce.internal.http.message.ListField;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rule that says whether a request accepts the content codings of a stored response, independent of the response's
 * Vary (RFC 9110 §12.5.3). In doubt the request does not accept them, so that the cache asks the origin. A pure
 * function.
 */
public final class AcceptedCoding {
    private static final String IDENTITY = "identity";
    private static final String ANY = "*";

    /**
     * A weight. Some requests write more than three digits, or no digit before the point; their meaning is clear
     * enough.
     */
    private static final Pattern WEIGHT = Pattern.compile("[ \\t]*[qQ]=(0?\\.[0-9]+|0\\.?|1(?:\\.0*)?)[ \\t]*");

    private AcceptedCoding() {}

    /**
     * Reports whether the request accepts the codings of the response. By RFC 9110 a request without the field accepts
     * any coding. A client that asks for no coding can rarely decode one, so this method accepts no coding for such a
     * request. {@code SelectedCoding} knows whether the origin sent the stored response to such a request.
     */
    public static boolean accepts(HttpHeaders request, HttpHeaders response) {
        return accepts(request, response, List.of());
    }

    /**
     * Reports whether the request accepts the codings of a response that was selected for these lines of
     * Accept-Encoding. An unregistered name counts as a coding where either of the two requests has it.
     */
    public static boolean accepts(HttpHeaders request, HttpHeaders response, List<String> asked) {
        List<String> coded = response.allValues("content-encoding");
        List<String> lines = request.allValues("accept-encoding");
        if (coded.isEmpty() && lines.stream().noneMatch(line -> line.contains(";"))) {
            return true; // a field without a weight refuses no coding
        }
        Map<String, Boolean> accepted = accepted(lines);
        Set<String> agreed = accepted(asked).keySet();
        List<String> codings = ContentCodings.applied(
                coded, name -> accepted.containsKey(known(name)) || agreed.contains(known(name)));
        boolean others = accepted.getOrDefault(ANY, false);
        return codings.isEmpty()
                ? accepted.getOrDefault(IDENTITY, accepted.getOrDefault(ANY, true))
                : codings.stream().allMatch(coding -> accepted.getOrDefault(known(coding), others));
    }

    /** Returns by name whether the lines accept a coding. A coding that is named twice must be accepted twice. */
    private static Map<String, Boolean> accepted(List<String> lines) {
        Map<String, Boolean> accepted = new TreeMap<>();
        for (String member : ListField.tokens(lines)) {
            String[] parts = member.split(";", 2);
            String name = known(parts[0].strip().toLowerCase(Locale.ROOT));
            Matcher weight = WEIGHT.matcher(parts.length == 1 ? "q=1" : parts[1]);
            if (weight.matches()) {
                accepted.merge(name, !zero(weight.group(1)), Boolean::logicalAnd);
            } else if (!name.equals(ANY) && !name.equals(IDENTITY)) {
                accepted.put(
                        name,
                        false); // an invalid weight of the other two would refuse codings that the field does not name
            }
        }
        return accepted;
    }

    private static boolean zero(String weight) {
        return weight.chars().allMatch(c -> c == '0' || c == '.');
    }

    /** Returns the usual name of a coding: two codings also have an old name (RFC 9110 §8.4.1). */
    private static String known(String coding) {
        return coding.equals("x-gzip") || coding.equals("x-compress") ? coding.substring(2) : coding;
    }
}
