package dev.fetchonce.examples.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The library with the versions of its dependencies that a Spring Boot manages; pom.xml puts them into folders. */
@Timeout(900)
class SpringBootTest {
    private static final Path MANAGED = Path.of("target/spring-boot");

    @TempDir
    private static Path classes;

    private static Consumer consumer;

    @BeforeAll
    static void compile() throws Exception {
        consumer = Consumer.plain(classes, Jars.ofThisBuild());
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.5.0-with-property", "3.5.16", "4.0.0", "4.1.2"})
    void managed_versions_that_fit_run(String boot) throws Exception {
        Jdk.Run run = managedBy(boot).onClassPath();
        assertThat(run.exit()).as(run.output()).isZero();
        assertThat(run.output()).contains("record: Flags[name=red, on=true]").contains("client: Fetchonce; hit");
    }

    @Test
    void annotations_that_are_too_old_are_refused_with_the_property_to_set() throws Exception {
        Jdk.Run run = managedBy("3.5.0").onClassPath();
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.output())
                .contains(
                        "java.lang.IllegalStateException: Jackson 3.1.8 cannot be loaded: it needs jackson-annotations"
                                + " 2.21 or newer, but it finds 2.19.0; set the property jackson-bom.version (Spring Boot 3) or"
                                + " jackson-2-bom.version (Spring Boot 4) to 2.21.0 or newer");
    }

    private static Consumer managedBy(String boot) throws Exception {
        return new Consumer(classes, consumer.jars().with(MANAGED.resolve(boot)));
    }
}
