package dev.fetchonce.internal.json;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import tools.jackson.core.Version;
import tools.jackson.databind.cfg.PackageVersion;
import tools.jackson.databind.json.JsonMapper;

/**
 * The factory of the mapper of a cache to which the application gives no mapper. Each cache has its own mapper, as a
 * mapper keeps the classes that it has bound. A mapper shared by all caches of a process would keep classes of
 * applications that have ended.
 */
public final class DefaultMapper {
    /**
     * The minor version of the annotations for Jackson 3.0: Jackson 3.0 needs 2.20, Jackson 3.1 needs 2.21, and so on.
     */
    private static final int ANNOTATIONS_OF_3_0 = 20;

    private DefaultMapper() {}

    /**
     * Returns a new mapper with Jackson's defaults.
     *
     * @throws IllegalStateException when Jackson cannot be loaded; the message names the version of the annotations
     *     that it needs
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
                + " or newer, but it finds "
                + found
                + "; set the property jackson-bom.version (Spring Boot 3) or jackson-2-bom.version (Spring Boot 4) to "
                + needed + ".0 or newer";
    }

    private static String found() {
        try {
            return Optional.ofNullable(JsonProperty.class.getPackage().getImplementationVersion())
                    .orElse("a jar without a version");
        } catch (LinkageError e) {
            return "none";
        }
    }
}
