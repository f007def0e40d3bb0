"""The C++ library for Conan 2."""

import re
from pathlib import Path

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy

required_conan_version = ">=2.0"


class QascoreConan(ConanFile):
    name = "qascore"
    description = "Quality-inspection scoring: sampling, rubrics, calibration, association, estimates with honest intervals"
    license = "BSL-1.0"
    topics = ("statistics", "sampling", "inter-rater-agreement", "quality-assurance")
    package_type = "static-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"fPIC": [True, False], "yaml": [True, False]}
    default_options = {"fPIC": True, "yaml": True}
    implements = ["auto_shared_fpic"]
    generators = "CMakeDeps"

    @property
    def _checkout(self) -> Path:
        return Path(self.recipe_folder).parents[1]

    def set_version(self) -> None:
        header = (self._checkout / "include" / "qascore" / "version.hpp").read_text(encoding="utf-8")
        self.version = re.search(r'QASCORE_VERSION_STRING "([^"]+)"', header)[1]

    def export_sources(self) -> None:
        for pattern in ("CMakeLists.txt", "LICENSE", "cmake/*", "include/*", "src/*", "rubrics/*"):
            copy(self, pattern, self._checkout, self.export_sources_folder)

    def requirements(self) -> None:
        # Headers of both stand in the library's own headers.
        self.requires("boost/[>=1.74 <2]", transitive_headers=True, options={"header_only": True})
        self.requires("eigen/[>=3.4 <4]", transitive_headers=True)
        if self.options.yaml:
            self.requires("yaml-cpp/[>=0.7 <1]")

    def build_requirements(self) -> None:
        self.tool_requires("cmake/[>=3.25]")

    def validate(self) -> None:
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("qascore is tested and supported on Linux only")
        check_min_cppstd(self, 20)

    def layout(self) -> None:
        cmake_layout(self)

    def generate(self) -> None:
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["QASCORE_YAML"] = bool(self.options.yaml)
        toolchain.cache_variables["QASCORE_INSTALL"] = True
        for unwanted in ("DEVELOPER", "EXAMPLES", "TESTS"):
            toolchain.cache_variables[f"QASCORE_{unwanted}"] = False
        toolchain.generate()

    def build(self) -> None:
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self) -> None:
        CMake(self).install(component="cpp")
        copy(self, "LICENSE", self.source_folder, Path(self.package_folder) / "licenses")

    def package_info(self) -> None:
        # The package brings its own CMake config: the targets are the same wherever it comes from.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [str(Path("lib", "cmake", "qascore"))]
        self.cpp_info.libs = ["qascore_compiled", *(["qascore_yaml"] if self.options.yaml else [])]
