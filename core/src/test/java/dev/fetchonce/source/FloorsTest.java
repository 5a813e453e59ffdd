package dev.fetchonce.source;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.net.Socket;
import java.nio.channels.NetworkChannel;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import javax.net.SocketFactory;

/** A room imports only the rooms below it, and uses only the packages and methods that its rules allow. */
@AnalyzeClasses(packages = "dev.fetchonce", importOptions = ImportOption.DoNotIncludeTests.class)
class FloorsTest {
    private static final String CONCURRENT = "dev.fetchonce.internal.concurrent..";
    private static final String FLIGHT = "dev.fetchonce.internal.flight..";
    private static final String JSON = "dev.fetchonce.internal.json..";
    private static final String HTTP = "dev.fetchonce.internal.http..";
    private static final String MESSAGE = "dev.fetchonce.internal.http.message..";
    private static final String CODING = "dev.fetchonce.internal.http.coding..";
    private static final String FAILURE = "dev.fetchonce.internal.http.failure..";
    private static final String STORED = "dev.fetchonce.internal.http.stored..";
    private static final String CACHING = "dev.fetchonce.internal.http.caching..";
    private static final String RANGE = "dev.fetchonce.internal.http.range..";
    private static final String BACKOFF = "dev.fetchonce.internal.backoff..";
    private static final String STORE = "dev.fetchonce.internal.store..";
    private static final String ORIGIN = "dev.fetchonce.internal.origin..";
    private static final String ENGINE = "dev.fetchonce.internal.engine..";
    private static final String CLIENT = "dev.fetchonce.internal.client..";
    private static final String SPI = "dev.fetchonce.spi..";

    /** The types that callers and all rooms share. */
    private static final DescribedPredicate<JavaClass> VOCABULARY = DescribedPredicate.describe(
            "are the vocabulary",
            type -> Set.of("dev.fetchonce.Reason", "dev.fetchonce.Served", "dev.fetchonce.Trouble")
                    .contains(type.getBaseComponentType().getName()));

    @ArchTest
    static final ArchRule concurrent_knows_java_only = onlyDependsOn(CONCURRENT, "java..");

    @ArchTest
    static final ArchRule flight_stands_on_concurrent = onlyDependsOn(FLIGHT, "java..", CONCURRENT);

    @ArchTest
    static final ArchRule json_knows_jackson_and_no_other_room =
            onlyDependsOn(JSON, "java..", "tools.jackson..", "com.fasterxml.jackson.annotation..");

    @ArchTest
    static final ArchRule messages_stand_on_nothing = standsOn(MESSAGE);

    @ArchTest
    static final ArchRule codings_stand_on_messages = standsOn(CODING, MESSAGE);

    @ArchTest
    static final ArchRule failures_stand_on_messages = standsOn(FAILURE, MESSAGE, CONCURRENT);

    @ArchTest
    static final ArchRule what_is_stored_stands_on_messages_codings_and_failures =
            standsOn(STORED, MESSAGE, CODING, FAILURE, CONCURRENT, JSON);

    @ArchTest
    static final ArchRule caching_stands_on_what_is_stored = standsOn(CACHING, STORED, MESSAGE, FAILURE);

    @ArchTest
    static final ArchRule ranges_stand_on_what_is_stored = standsOn(RANGE, STORED, MESSAGE);

    @ArchTest
    static final ArchRule http_has_no_class_outside_its_wings = noClasses()
            .that()
            .resideInAPackage(HTTP)
            .should()
            .resideOutsideOfPackages(MESSAGE, CODING, FAILURE, STORED, CACHING, RANGE);

    @ArchTest
    static final ArchRule store_stands_on_http = standsOn(STORE, STORED, CONCURRENT);

    @ArchTest
    static final ArchRule backoff_stands_on_failures = standsOn(BACKOFF, FAILURE, CONCURRENT);

    @ArchTest
    static final ArchRule origin_stands_on_http_and_flight =
            standsOn(ORIGIN, BACKOFF, MESSAGE, CODING, FAILURE, STORED, FLIGHT, CONCURRENT);

    @ArchTest
    static final ArchRule engine_stands_on_all_rooms =
            standsOn(ENGINE, ORIGIN, STORE, BACKOFF, HTTP, FLIGHT, CONCURRENT, JSON, SPI);

    @ArchTest
    static final ArchRule client_stands_on_all_rooms =
            standsOn(CLIENT, ENGINE, ORIGIN, STORE, HTTP, FLIGHT, CONCURRENT, JSON);

    @ArchTest
    static final ArchRule only_the_faces_stand_on_the_client = noClasses()
            .that()
            .resideOutsideOfPackages("dev.fetchonce", CLIENT)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(CLIENT)
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule spi_knows_java_only = onlyDependsOn(SPI, "java..");

    @ArchTest
    static final ArchRule spi_is_for_the_faces_and_the_engine = noClasses()
            .that()
            .resideOutsideOfPackages("dev.fetchonce", ENGINE, ORIGIN, SPI)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(SPI)
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule internal_has_no_other_room = noClasses()
            .that()
            .resideInAPackage("dev.fetchonce.internal..")
            .should()
            .resideOutsideOfPackages(CONCURRENT, FLIGHT, JSON, HTTP, STORE, BACKOFF, ORIGIN, ENGINE, CLIENT)
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule vocabulary_knows_java_only = classes()
            .that(VOCABULARY)
            .should()
            .onlyDependOnClassesThat(
                    resideInAnyPackage("java..", "org.jspecify..").or(VOCABULARY))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule caffeine_stays_in_the_store_and_the_backoffs = noClasses()
            .that()
            .resideOutsideOfPackages(STORE, BACKOFF)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.github.benmanes.caffeine..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule only_origin_opens_sockets = noClasses()
            .that()
            .resideOutsideOfPackage(ORIGIN)
            .should()
            .dependOnClassesThat(assignableTo(NetworkChannel.class)
                    .or(assignableTo(Socket.class))
                    .or(assignableTo(SocketFactory.class)))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule http_is_handed_its_times_and_chances = noClasses()
            .that()
            .resideInAPackage(HTTP)
            .should()
            .dependOnClassesThat(belongToAnyOf(
                    Clock.class,
                    InstantSource.class,
                    Random.class,
                    RandomGenerator.class,
                    SecureRandom.class,
                    SplittableRandom.class,
                    ThreadLocalRandom.class))
            .orShould()
            .accessTargetWhere(readsAClockOrDraws())
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule http_neither_locks_nor_logs = noClasses()
            .that()
            .resideInAPackage(HTTP)
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("java.util.concurrent.locks..", "org.slf4j..", "java.util.logging..")
                            .or(belongToAnyOf(System.Logger.class)))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule only_origin_engine_and_client_keep_completable_futures = noFields()
            .that()
            .areDeclaredInClassesThat()
            .resideOutsideOfPackages(ORIGIN, ENGINE, CLIENT)
            .should()
            .haveRawType(assignableTo(CompletableFuture.class))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule only_origin_engine_and_client_call_completable_futures = noClasses()
            .that()
            .resideOutsideOfPackages(ORIGIN, ENGINE, CLIENT)
            .should()
            .accessTargetWhere(DescribedPredicate.describe(
                    "they are members of CompletableFuture",
                    access -> access.getTargetOwner().isAssignableTo(CompletableFuture.class)))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule names_say_what_a_class_is = noClasses()
            .should()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .allowEmptyShould(true);

    /**
     * Returns the rule for a room that uses only itself, the annotations of nullness and these packages, and not even
     * the vocabulary.
     */
    private static ArchRule onlyDependsOn(String room, String... packages) {
        String[] allowed = Stream.concat(Stream.of(room, "org.jspecify.."), Stream.of(packages))
                .toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage(room)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed)
                .allowEmptyShould(true);
    }

    /** Returns the rule for a room that uses, of our packages, only itself, the rooms below it and the vocabulary. */
    private static ArchRule standsOn(String room, String... below) {
        return noClasses()
                .that()
                .resideInAPackage(room)
                .should()
                .dependOnClassesThat(resideInAPackage("dev.fetchonce..")
                        .and(not(resideInAPackage(room)))
                        .and(not(resideInAnyPackage(below)))
                        .and(not(VOCABULARY)))
                .allowEmptyShould(true);
    }

    private static DescribedPredicate<JavaAccess<?>> readsAClockOrDraws() {
        Set<String> members =
                Set.of("java.lang.System.nanoTime", "java.lang.System.currentTimeMillis", "java.lang.Math.random");
        return DescribedPredicate.describe("they read a clock or draw a random number", access -> {
            String owner = access.getTargetOwner().getName();
            String member = access.getTarget().getName();
            return members.contains(owner + "." + member) || owner.startsWith("java.time.") && member.equals("now");
        });
    }
}
