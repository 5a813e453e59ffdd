package dev.fetchonce.examples.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.simple.SimpleLogger;

/** An application that uses the library as a module, as a jar of the class path, and in an image of its own. */
@Timeout(900)
class ModulePathTest {
    private static final Jars JARS = Jars.ofThisBuild();

    @TempDir
    private Path folder;

    @Test
    void the_descriptor_exports_the_two_packages_of_the_api_and_reads_no_automatic_module() {
        ModuleFinder finder = ModuleFinder.of(JARS.files().values().toArray(Path[]::new));
        ModuleDescriptor library = finder.find("dev.fetchonce").orElseThrow().descriptor();
        assertThat(library.isAutomatic()).isFalse();
        assertThat(library.isOpen()).isFalse();
        assertThat(library.opens()).isEmpty();
        assertThat(library.exports())
                .extracting(ModuleDescriptor.Exports::source)
                .containsExactlyInAnyOrder("dev.fetchonce", "dev.fetchonce.spi");
        assertThat(library.uses()).isEqualTo(Set.of("dev.fetchonce.spi.ContentDecoder"));
        assertThat(finder.findAll())
                .extracting(module -> module.descriptor().isAutomatic())
                .containsOnly(false);
    }

    @Test
    void a_module_that_requires_the_library_compiles_without_a_warning_and_runs() throws Exception {
        Jdk.Run run = Consumer.module(folder, JARS).onModulePath();
        assertWorks(run, "dev.fetchonce");
    }

    @Test
    void a_module_with_a_provider_of_slf4j_runs() throws Exception {
        Consumer consumer = Consumer.module(folder, JARS.and(SimpleLogger.class));
        Jdk.Run run = consumer.onModulePath("--add-modules", "org.slf4j.simple");
        assertWorks(run, "dev.fetchonce");
        assertThat(run.output()).doesNotContain("No SLF4J providers");
    }

    @Test
    void a_module_that_wants_the_insides_does_not_compile() throws Exception {
        Path sources = Files.createDirectory(folder.resolve("sources"));
        Path descriptor =
                Files.writeString(sources.resolve("module-info.java"), "module intruder { requires dev.fetchonce; }");
        Path intruder = Files.writeString(
                sources.resolve("Intruder.java"),
                "package intruder; class Intruder { dev.fetchonce.internal.engine.Engine engine; }");
        Path classes = folder.resolve("classes");
        Jdk.Run run = Consumer.compile(classes, "--module-path", JARS, List.of(descriptor, intruder));
        assertThat(run.exit()).isNotZero();
        assertThat(run.output()).contains("package dev.fetchonce.internal.engine is not visible");
    }

    @Test
    void a_program_on_the_class_path_runs() throws Exception {
        Jdk.Run run = Consumer.plain(folder, JARS).onClassPath();
        assertWorks(run, "null");
    }

    @Test
    void an_image_of_the_application_runs() throws Exception {
        if (!startsImages()) {
            String why = "Skipped: not even an empty image made by this JDK's jlink starts";
            System.out.println(why);
            abort(why);
        }
        Consumer consumer = Consumer.module(folder.resolve("classes"), JARS);
        Path image = folder.resolve("image");
        Jdk.Run linked = linked(image, "consumer", "--module-path", JARS.path(consumer.classes()));
        assertThat(linked.exit()).as(linked.output()).isZero();
        Jdk.Run run = new Jdk(image).run("java", List.of("--module", "consumer/consumer.Main"));
        assertWorks(run, "dev.fetchonce");
    }

    private boolean startsImages() throws IOException, InterruptedException {
        Path empty = folder.resolve("empty");
        return linked(empty, "java.base").exit() == 0
                && new Jdk(empty).run("java", List.of("-version")).exit() == 0;
    }

    private static Jdk.Run linked(Path image, String module, String... options)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(List.of("--add-modules", module, "--output", image.toString()));
        return Jdk.current().run("jlink", arguments);
    }

    private static void assertWorks(Jdk.Run run, String module) {
        assertThat(run.exit()).as(run.output()).isZero();
        assertThat(run.output())
                .contains("module: " + module)
                .contains("tree: red")
                .contains("record: Flags[name=red, on=true]")
                .contains("decoder: Flags[name=red, on=true]")
                .contains("client: Fetchonce; fwd=uri-miss; fwd-status=200; stored")
                .contains("client: Fetchonce; hit");
    }
}
