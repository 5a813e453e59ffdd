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
 * Whether a request accepts the content codings of a stored response, whatever its Vary says (RFC 9110 §12.5.3). Where it is
 * in doubt it does not: the origin is asked then. A pure function.
 */
public final class AcceptedCoding {
    private static final String IDENTITY = "identity";
    private static final String ANY = "*";

    /** Some write more digits than three, or none before the point; that is plain enough. */
    private static final Pattern WEIGHT = Pattern.compile("[ \\t]*[qQ]=(0?\\.[0-9]+|0\\.?|1(?:\\.0*)?)[ \\t]*");

    private AcceptedCoding() {}

    /**
     * Whether it does. A request without the field accepts any coding by the letter of the RFC; but who did not ask for one
     * rarely undoes any, so it accepts none here: the selected coding of a stored response knows of what came to such a request.
     */
    public static boolean accepts(HttpHeaders request, HttpHeaders response) {
        return accepts(request, response, List.of());
    }

    /**
     * The same, of a response to a request with these lines of Accept-Encoding: a name that is no registered coding is one
     * where either request has it.
     */
    public static boolean accepts(HttpHeaders request, HttpHeaders response, List<String> asked) {
        List<String> coded = response.allValues("content-encoding");
        List<String> lines = request.allValues("accept-encoding");
        if (coded.isEmpty() && lines.stream().noneMatch(line -> line.contains(";"))) {
            return true; // without a weight nothing is refused
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

    /** By name whether it is accepted. What is named twice must be accepted twice. */
    private static Map<String, Boolean> accepted(List<String> lines) {
        Map<String, Boolean> accepted = new TreeMap<>();
        for (String member : ListField.tokens(lines)) {
            String[] parts = member.split(";", 2);
            String name = known(parts[0].strip().toLowerCase(Locale.ROOT));
            Matcher weight = WEIGHT.matcher(parts.length == 1 ? "q=1" : parts[1]);
            if (weight.matches()) {
                accepted.merge(name, !zero(weight.group(1)), Boolean::logicalAnd);
            } else if (!name.equals(ANY) && !name.equals(IDENTITY)) {
                accepted.put(name, false); // of the other two, an odd weight would be about names that are not there
            }
        }
        return accepted;
    }

    private static boolean zero(String weight) {
        return weight.chars().allMatch(c -> c == '0' || c == '.');
    }

    /** RFC 9110 §8.4.1: two codings have an old name besides. */
    private static String known(String coding) {
        return coding.equals("x-gzip") || coding.equals("x-compress") ? coding.substring(2) : coding;
    }
}
