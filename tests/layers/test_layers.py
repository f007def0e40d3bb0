"""Every rule of layers.py is broken on purpose once: a check that cannot fail is no check."""

import tempfile
import unittest
from pathlib import Path

import layers

GUARDLESS = layers.LICENCE + "\n#pragma once\n\n"
HEADER = layers.LICENCE + "\n#pragma once\n#include <qascore/detail/config.hpp>\n"


class EveryRuleCanFail(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("src/precompile_sums.cpp", layers.LICENCE + "\n#include <qascore/kernel/impl/sum.ipp>\n")
        self.write("include/qascore/detail/config.hpp", GUARDLESS)
        self.write("include/qascore/core/error.hpp", HEADER)
        self.write("include/qascore/kernel/sum.hpp", HEADER + '#include "../core/error.hpp"\n#include "impl/sum.ipp"\n')
        self.write("include/qascore/kernel/impl/sum.ipp", HEADER + '#include "../sum.hpp"\n#include <boost/math.hpp>\n')
        self.write("include/qascore/rubric/rubric.hpp", HEADER)
        self.write("include/qascore/sampling/draw.hpp", HEADER)
        self.write("include/qascore/sampling/sampling_plan.hpp", HEADER)

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def assert_broken(self, *expected: str) -> None:
        self.assertEqual([str(b) for b in layers.check(self.root)], list(expected))

    def test_a_sound_tree_breaks_nothing(self) -> None:
        self.assert_broken()

    def test_an_include_of_a_forbidden_folder(self) -> None:
        self.write("include/qascore/sampling/draw.hpp", HEADER + '#include "../rubric/rubric.hpp"\n')
        self.assert_broken("include/qascore/sampling/draw.hpp:4: rubric/rubric.hpp: sampling may not include it")

    def test_estimation_sees_the_plan_but_not_the_rest_of_sampling(self) -> None:
        text = "#include <qascore/sampling/sampling_plan.hpp>\n#include <qascore/sampling/draw.hpp>\n"
        self.write("include/qascore/estimation/mean.hpp", HEADER + text)
        self.assert_broken("include/qascore/estimation/mean.hpp:5: sampling/draw.hpp: estimation may not include it")

    def test_boost_in_a_front(self) -> None:
        self.write("include/qascore/sampling/draw.hpp", HEADER + "#include <boost/random.hpp>\ninline boost::x y;\n")
        self.assert_broken(
            "include/qascore/sampling/draw.hpp:4: <boost/random.hpp>: Boost stands in kernel/impl only",
            "include/qascore/sampling/draw.hpp:5: boost::: Boost stands in kernel/impl only",
        )

    def test_eigen_in_a_kernel_header_and_yaml_and_pybind11_in_a_front(self) -> None:
        self.write("include/qascore/kernel/sum.hpp", HEADER + "#include <Eigen/Dense>\n")
        self.write("include/qascore/rubric/rubric.hpp", HEADER + "inline YAML::Node node;\ninline py::dict dict;\n")
        self.assert_broken(
            "include/qascore/kernel/sum.hpp:4: <Eigen/Dense>: Eigen stands in kernel/impl only",
            "include/qascore/rubric/rubric.hpp:4: YAML::: yaml-cpp stands in src/rubric_yaml.cpp only",
            "include/qascore/rubric/rubric.hpp:5: py::: pybind11 stands in bindings/python/src only",
        )

    def test_yaml_cpp_in_a_second_file_of_the_reader(self) -> None:
        text = '#include "rubric_tree.hpp"\n#include <yaml-cpp/yaml.h>\n'
        self.write("src/rubric_tree.hpp", HEADER + "#include <yaml-cpp/yaml.h>\n")
        self.write("src/rubric_yaml.cpp", layers.LICENCE + "\n" + text)
        self.assert_broken("src/rubric_tree.hpp:4: <yaml-cpp/yaml.h>: yaml-cpp stands in src/rubric_yaml.cpp only")

    def test_a_comment_may_name_anything(self) -> None:
        self.write("include/qascore/sampling/draw.hpp", HEADER + "// boost::random\n/* Eigen::\n YAML:: */\n")
        self.assert_broken()

    def test_a_kernel_body_included_by_another_file(self) -> None:
        self.write("include/qascore/sampling/draw.hpp", HEADER + '#include "../kernel/impl/sum.ipp"\n')
        self.assert_broken(
            "include/qascore/sampling/draw.hpp:4: kernel/impl/sum.ipp: "
            "a .ipp is included by its own header and src/precompile_*.cpp only"
        )

    def test_a_kernel_body_that_precompile_forgets(self) -> None:
        self.write("src/precompile_sums.cpp", layers.LICENCE + "\n")
        self.assert_broken(
            "src/precompile_*.cpp:1: qascore/kernel/impl/sum.ipp is missing: qascore::compiled would lack what it defines"
        )

    def test_a_kernel_body_that_is_built_twice(self) -> None:
        self.write("src/precompile_more.cpp", layers.LICENCE + "\n#include <qascore/kernel/impl/sum.ipp>\n")
        self.assert_broken("src/precompile_*.cpp:1: qascore/kernel/impl/sum.ipp stands there 2 times: once is enough")

    def test_a_kernel_that_takes_a_string(self) -> None:
        text = "double sum(std::span<const double> x,\n           std::string_view name);\n"
        text += "double number(std::span<const std::string_view> ids, std::string_view method);\n"
        self.write("include/qascore/kernel/sum.hpp", HEADER + text)
        self.assert_broken("include/qascore/kernel/sum.hpp:5: std::string_view: kernels take no strings")

    def test_a_header_without_licence_or_guard(self) -> None:
        self.write("include/qascore/core/error.hpp", "int x;\n")
        self.assert_broken(
            "include/qascore/core/error.hpp:1: the first line must be the licence line",
            "include/qascore/core/error.hpp:2: a header starts with #pragma once",
            "include/qascore/core/error.hpp:1: detail/config.hpp, which refuses -ffast-math, is not reached",
        )

    def test_an_include_of_something_else(self) -> None:
        self.write("include/qascore/core/error.hpp", HEADER + "#include <fmt/core.h>\n#include <vector>\n")
        self.assert_broken(
            "include/qascore/core/error.hpp:4: fmt/core.h: neither the standard library nor a file of this project"
        )

    def test_a_file_that_does_not_exist(self) -> None:
        self.write("include/qascore/core/error.hpp", HEADER + '#include "gone.hpp"\n')
        self.assert_broken("include/qascore/core/error.hpp:4: core/gone.hpp: no such file")

    def test_a_header_that_fast_math_passes_by(self) -> None:
        self.write("include/qascore/core/a.hpp", GUARDLESS + '#include "error.hpp"\n')
        self.write("include/qascore/core/b.hpp", GUARDLESS + "#include <vector>\n")
        self.write("include/qascore/version.hpp", GUARDLESS)
        self.assert_broken(
            "include/qascore/core/b.hpp:1: detail/config.hpp, which refuses -ffast-math, is not reached"
        )

    def test_a_cycle(self) -> None:
        self.write("include/qascore/core/a.hpp", HEADER + '#include "b.hpp"\n')
        self.write("include/qascore/core/b.hpp", HEADER + '#include "a.hpp"\n')
        names = [f"include/qascore/core/{n}.hpp" for n in "aba"]
        self.assert_broken(f"include/qascore/core/b.hpp:4: a cycle: {' -> '.join(names)}")

    def test_a_header_may_end_with_its_definitions(self) -> None:
        self.write("include/qascore/core/a.hpp", HEADER + 'namespace qascore {\n}\n#include "b.hpp"\n')
        self.write("include/qascore/core/b.hpp", HEADER + '#include "a.hpp"\n')
        self.assert_broken()

    def test_intrinsics_outside_kernel_bodies(self) -> None:
        for path in ("kernel/impl/sum.ipp", "sampling/draw.hpp"):
            self.write(f"include/qascore/{path}", HEADER + "#include <emmintrin.h>\n")
        self.assert_broken(
            "include/qascore/sampling/draw.hpp:4: emmintrin.h: neither the standard library nor a file of this project"
        )

    def test_an_umbrella_includes_its_own_folder_only(self) -> None:
        self.write("include/qascore/sampling.hpp", GUARDLESS + '#include "sampling/draw.hpp"\n#include "core/error.hpp"\n')
        self.assert_broken("include/qascore/sampling.hpp:5: core/error.hpp: umbrella may not include it")

    def test_a_frame_library_outside_the_module_for_frames(self) -> None:
        self.write("bindings/python/qascore/_frames.py", "import narwhals\n")
        self.write("bindings/python/qascore/mean.py", "import json\nfrom pandas import DataFrame\nimport requests\n")
        self.write("bindings/python/qascore/scores.py", "import importlib\nimportlib.import_module('polars')\nneed('rich', 'cli')\n")
        self.assert_broken(
            "bindings/python/qascore/mean.py:2: import pandas: only in _frames.py",
            "bindings/python/qascore/mean.py:3: import requests: not one of the package's dependencies",
            "bindings/python/qascore/scores.py:2: import polars: only in _frames.py",
            "bindings/python/qascore/scores.py:3: import rich: only in cli",
        )

    def test_an_empty_tree_is_not_a_sound_one(self) -> None:
        with tempfile.TemporaryDirectory() as empty:
            self.assertEqual(len(layers.check(Path(empty))), 1)


if __name__ == "__main__":
    unittest.main()
