// The main function of the test programs. It prints "SKIP CASE: WHY" for each skipped test case, and fails the program if a case passes empty, without
// a check.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <offhook/tests/testkit/skip.hpp>

#include <cstdio>
#include <string>
#include <utility>

namespace {

std::string skipped_because;  // of the running test case; "" if it is not skipped
bool has_empty_case = false;

/// Judges each test case at its end.
class CaseJudge final : public doctest::IReporter {
 public:
  explicit CaseJudge(const doctest::ContextOptions& /*options*/) {}

  void test_case_start(const doctest::TestCaseData& test) override { name_ = test.m_name; }
  void test_case_end(const doctest::CurrentTestCaseStats& stats) override {
    const std::string why = std::exchange(skipped_because, "");
    if (!stats.testCaseSuccess) return;
    if (!why.empty()) {
      std::printf("SKIP %s: %s\n", name_, why.c_str());
    } else if (stats.numAssertsCurrentTest == 0) {
      std::printf("FAIL %s: it checks nothing, and does not say why\n", name_);
      has_empty_case = true;
    }
    std::fflush(stdout);
  }

  void report_query(const doctest::QueryData& /*query*/) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats& /*stats*/) override {}
  void test_case_reenter(const doctest::TestCaseData& /*test*/) override {}
  void test_case_exception(const doctest::TestCaseException& /*exception*/) override {}
  void subcase_start(const doctest::SubcaseSignature& /*subcase*/) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData& /*assert*/) override {}
  void log_message(const doctest::MessageData& /*message*/) override {}
  void test_case_skipped(const doctest::TestCaseData& /*test*/) override {}

 private:
  const char* name_ = "";
};
DOCTEST_REGISTER_LISTENER("offhook", 1, CaseJudge);

}  // namespace

void offhook_test::skip(std::string why) { skipped_because = std::move(why); }

int main(int argc, char** argv) {
  const int status = doctest::Context(argc, argv).run();
  return status == 0 && has_empty_case ? 1 : status;
}
