package dev.fetchonce.internal.http.stored;

import dev.fetchonce.internal.http.coding.AcceptedCoding;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The content coding for which a response was selected. A cache never answers a request with a coding that the request
 * does not accept, for any Vary (RFC 9110 §12.5.3). Immutable.
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
     * Returns the coding of a response to a request with these fields. A request without Accept-Encoding accepts any
     * coding (RFC 9110 §12.5.3). Its coding is therefore acceptable to other requests without the field.
     */
    public static SelectedCoding of(HttpHeaders response, HttpHeaders request) {
        HttpHeaders coding = HttpHeaders.of(response.map(), (name, value) -> name.equalsIgnoreCase("content-encoding"));
        List<String> asked = request.allValues("accept-encoding");
        return new SelectedCoding(coding, asked, asked.isEmpty() || AcceptedCoding.accepts(request, coding, asked));
    }

    /**
     * Reports whether a request accepts the coding. Parses nothing for a request with the Accept-Encoding of the
     * original one.
     */
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
