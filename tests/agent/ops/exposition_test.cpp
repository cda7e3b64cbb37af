// The reader itself: each fault that it is there for is found.
#include "exposition.hpp"

#include <doctest/doctest.h>

using namespace offhook_test;

namespace {

bool is_faulty(const char* text) { return !read_exposition(text).faults.empty(); }

constexpr const char* kGood =
    "# HELP a_total What.\n# TYPE a_total counter\na_total{x=\"1\"} 2\na_total{x=\"a\\\"b\\\\\\n\",y=\"\"} 2.5e3\n"
    "# HELP h Sizes.\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 3\nh_sum 7.25\nh_count 3\n"
    "# HELP g Now.\n# TYPE g gauge\ng -1\n";

}  // namespace

TEST_CASE("Good text is read as it is") {
  const auto read = read_exposition(kGood);
  CHECK(read.faults.empty());
  CHECK(read.value("a_total", {{"x", "a\"b\\\n"}, {"y", ""}}) == 2500);
  CHECK(read.value("h_bucket", {{"le", "+Inf"}}) == 3);
  CHECK(read.value("g") == -1);
  CHECK_FALSE(read.value("g", {{"x", "1"}}));
}

TEST_CASE("Each fault is found") {
  for (const char* text : {
           "a_total 1\n",                                                                                // Not explained.
           "# HELP a_total A.\n# TYPE a_total counter\na_total 1",                                       // No line feed.
           "# HELP a_total A.\n# TYPE a_total counter\na_total 1\na_total 2\n",                          // Twice.
           "# HELP a_total A.\n# TYPE a_total counter\n# TYPE a_total counter\na_total 1\n",             // Explained twice.
           "# HELP a_total A.\n# TYPE a_total counter\na_total{x=\"1\",x=\"2\"} 1\n",                    // A label twice.
           "# HELP a_total A.\n# TYPE a_total counter\na_total{x=\"1} 1\n",                              // No end.
           "# HELP a_total A.\n# TYPE a_total counter\na_total{x=\"\\t\"} 1\n",                          // No such escape.
           "# HELP a_total A.\n# TYPE a_total counter\na_total{x:y=\"1\"} 1\n",                          // No name of a label.
           "# HELP a_total A.\n# TYPE a_total counter\na_total one\n",                                   // No number.
           "# HELP a_total A.\n# TYPE a_total counter\na_total -1\n",                                    // Counters do not fall below nothing.
           "# HELP a A.\n# TYPE a counter\na 1\n",                                                       // Nor are they called so.
           "# HELP a A.\n# TYPE a gauge\n# HELP b B.\n# TYPE b gauge\na 1\nb 1\na{x=\"1\"} 1\n",         // Apart.
           "# HELP h H.\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n",                // No end of the buckets.
           "# HELP h H.\n# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",  // Less.
           "# HELP h H.\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 2\n",             // Another count.
           "# HELP h H.\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n",                      // No sum.
       }) {
    CAPTURE(text);
    CHECK(is_faulty(text));
  }
}
