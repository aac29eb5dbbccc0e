package dev.jsbx;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/** The direction of dependencies, and where the dangerous calls may stand. */
@AnalyzeClasses(packages = "dev.jsbx", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule vmmKnowsNobody =
            noClasses()
                    .that()
                    .resideInAPackage("dev.jsbx.vmm..")
                    .should()
                    .dependOnClassesThat(
                            resideInAPackage("dev.jsbx..")
                                    .and(not(resideInAPackage("dev.jsbx.vmm.."))));

    @ArchTest static final ArchRule devicesKnowOnlyTheMachine = knowsOnly("virtio");

    @ArchTest static final ArchRule netstackKnowsOnlyTheMachine = knowsOnly("netstack");

    @ArchTest static final ArchRule imagesKnowOnlyTheMachine = knowsOnly("image");

    @ArchTest
    static final ArchRule devicesDoNotKnowKvm =
            noClasses()
                    .that()
                    .resideInAPackage("dev.jsbx.virtio..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("dev.jsbx.vmm.kvm..")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule downcallsOnlyInLinux =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.jsbx.vmm.linux")
                    .should()
                    .dependOnClassesThat(type(Linker.class))
                    .because("each further shape of downcall costs every start milliseconds");

    @ArchTest
    static final ArchRule reinterpretOnlyInMappingAndMemory =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.jsbx.vmm.memory")
                    .and()
                    .doNotHaveFullyQualifiedName("dev.jsbx.vmm.linux.Mapping")
                    .should()
                    .callMethodWhere(
                            target(name("reinterpret"))
                                    .and(target(owner(type(MemorySegment.class)))))
                    .because("a segment of unchecked length may be anybody's memory");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("dev.jsbx.(vmm|virtio|netstack|image|cli).(*)..")
                    .should()
                    .beFreeOfCycles();

    private static ArchRule knowsOnly(String module) {
        return noClasses()
                .that()
                .resideInAPackage("dev.jsbx." + module + "..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("dev.jsbx..")
                                .and(not(resideInAPackage("dev.jsbx.vmm..")))
                                .and(not(resideInAPackage("dev.jsbx." + module + ".."))))
                .allowEmptyShould(true);
    }
}
