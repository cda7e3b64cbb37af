#pragma once

#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/profile/agent_profile.hpp>
#include <offhook/agent/support/work_pool.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent {

/// Gets a call's context while the call rings: it reads a file on a thread of the pool, or sends an HTTP GET. Use it on the call's conversation
/// thread, on which it invokes `done`. Its destructor cancels the work.
class ContextFetch {
 public:
  using Values = std::vector<std::pair<std::string, std::string>>;
  /// `trouble` is "", or a sentence about the failure. The call continues in both cases.
  using Done = std::function<void(Values values, std::string trouble)>;
  using Post = std::function<void(std::function<void()>)>;  ///< posts a task to the conversation thread

  /// Invokes `done` once, never from within the constructor.
  ContextFetch(const ContextSource& source, std::string_view caller, std::string_view called, net::Edges& edges, WorkPool& pool, Post post, Done done);
  ~ContextFetch();
  ContextFetch(const ContextFetch&) = delete;
  ContextFetch& operator=(const ContextFetch&) = delete;

 private:
  struct Core;
  std::shared_ptr<Core> core_;
};

}  // namespace offhook::inline v0::agent
