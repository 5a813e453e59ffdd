package dev.fetchonce.internal.json;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import tools.jackson.core.Version;
import tools.jackson.databind.cfg.PackageVersion;
import tools.jackson.databind.json.JsonMapper;

/**
 * The mapper of a cache that is given none. It is the cache's own, as a mapper keeps the classes that it has bound: a mapper
 * that all caches of a process share keeps those of applications that are gone.
 */
public final class DefaultMapper {
    /** Jackson 3.0 goes with the annotations 2.20, Jackson 3.1 with 2.21, and so on. */
    private static final int ANNOTATIONS_OF_3_0 = 20;

    private DefaultMapper() {}

    /**
     * Returns a new mapper with Jackson's defaults.
     *
     * @throws IllegalStateException when Jackson cannot be loaded, which says what it needs
     */
    public static JsonMapper create() {
        try {
            return JsonMapper.builder().build();
        } catch (LinkageError e) {
            throw new IllegalStateException(refusal(PackageVersion.VERSION, found()), e);
        }
    }

    private static String refusal(Version jackson, String found) {
        String needed = "2." + (ANNOTATIONS_OF_3_0 + jackson.getMinorVersion());
        return "Jackson " + jackson + " cannot be loaded: it needs jackson-annotations " + needed
                + " or newer, and found is "
                + found
                + "; set the property jackson-bom.version (Spring Boot 3) or jackson-2-bom.version (Spring Boot 4) to "
                + needed + ".0 or newer";
    }

    private static String found() {
        try {
            return Optional.ofNullable(JsonProperty.class.getPackage().getImplementationVersion())
                    .orElse("a jar that tells no version");
        } catch (LinkageError e) {
            return "none";
        }
    }
}
