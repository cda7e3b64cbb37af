#include <offhook/agent/support/problem.hpp>

namespace offhook::inline v0::agent {

std::string to_string(const Problem& problem) {
  return problem.where + ": found " + problem.found + "; allowed: " + problem.allowed + "; " + problem.advice;
}

void shorten(std::vector<Problem>& problems) {
  if (problems.size() <= kMaxProblems) return;
  const std::size_t more = problems.size() - (kMaxProblems - 1);
  problems.resize(kMaxProblems - 1);
  problems.push_back({"configuration", std::to_string(more) + " more problems", "none", "correct the problems above first"});
}

}  // namespace offhook::inline v0::agent
