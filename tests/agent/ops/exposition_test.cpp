// Tests of the reader of Prometheus' text format: the reader finds each fault of a text.
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

TEST_CASE("read_exposition() finds no fault in valid text") {
  const auto read = read_exposition(kGood);
  CHECK(read.faults.empty());
  CHECK(read.value("a_total", {{"x", "a\"b\\\n"}, {"y", ""}}) == 2500);
  CHECK(read.value("h_bucket", {{"le", "+Inf"}}) == 3);
  CHECK(read.value("g") == -1);
  CHECK_FALSE(read.value("g", {{"x", "1"}}));
}

TEST_CASE("read_exposition() reports each fault") {
  for (const char* text : {
           "a_total 1\n",                                                                                // no HELP and TYPE
           "# HELP a_total A.\n# TYPE a_total counter\na_total 1",                                       // no line feed
           "# HELP a_total A.\n# TYPE a_total counter\na_total 1\na_total 2\n",                          // repeated sample
           "# HELP a_total A.\n# TYPE a_total counter\n# TYPE a_total counter\na_total 1\n",             // repeated TYPE
           "# HELP a_total A.\n# TYPE a_total counter\na_total{x=\"1\",x=\"2\"} 1\n",                    // repeated label
           "# HELP a_total A.\n# TYPE a_total counter\na_total{x=\"1} 1\n",                              // unterminated value
           "# HELP a_total A.\n# TYPE a_total counter\na_total{x=\"\\t\"} 1\n",                          // unknown escape
           "# HELP a_total A.\n# TYPE a_total counter\na_total{x:y=\"1\"} 1\n",                          // invalid label name
           "# HELP a_total A.\n# TYPE a_total counter\na_total one\n",                                   // not a number
           "# HELP a_total A.\n# TYPE a_total counter\na_total -1\n",                                    // negative counter
           "# HELP a A.\n# TYPE a counter\na 1\n",                                                       // counter without _total
           "# HELP a A.\n# TYPE a gauge\n# HELP b B.\n# TYPE b gauge\na 1\nb 1\na{x=\"1\"} 1\n",         // samples of one family apart
           "# HELP h H.\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n",                // no +Inf bucket
           "# HELP h H.\n# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",  // decreasing buckets
           "# HELP h H.\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 2\n",             // count differs from the +Inf bucket
           "# HELP h H.\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n",                      // no sum
       }) {
    CAPTURE(text);
    CHECK(is_faulty(text));
  }
}
