package dev.fetchonce.internal.http.stored;

import dev.fetchonce.internal.http.coding.AcceptedCoding;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The content coding for which a response was selected: a request that does not accept it is never answered with it, whatever
 * its Vary says (RFC 9110 §12.5.3). Immutable.
 */
public final class SelectedCoding {
    private final HttpHeaders coding;
    private final List<String> asked;
    private final boolean askedFor;

    private SelectedCoding(HttpHeaders coding, List<String> asked, boolean askedFor) {
        this.coding = coding;
        this.asked = asked;
        this.askedFor = askedFor;
    }

    /**
     * The coding of a response to a request with these fields. To a request without Accept-Encoding any coding is acceptable
     * (RFC 9110 §12.5.3), so the one that came unasked is acceptable to others like it.
     */
    public static SelectedCoding of(HttpHeaders response, HttpHeaders request) {
        HttpHeaders coding = HttpHeaders.of(response.map(), (name, value) -> name.equalsIgnoreCase("content-encoding"));
        List<String> asked = request.allValues("accept-encoding");
        return new SelectedCoding(coding, asked, asked.isEmpty() || AcceptedCoding.accepts(request, coding, asked));
    }

    /** Whether a request accepts it. Parses nothing where it says the same as the one that was answered. */
    boolean acceptedBy(HttpHeaders request) {
        List<String> theirs = request.allValues("accept-encoding");
        return VarySelection.equal(asked, theirs) ? askedFor : AcceptedCoding.accepts(request, coding, asked);
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof SelectedCoding other
                && askedFor == other.askedFor
                && asked.equals(other.asked)
                && coding.equals(other.coding);
    }

    @Override
    public int hashCode() {
        return Objects.hash(coding, asked, askedFor);
    }
}
