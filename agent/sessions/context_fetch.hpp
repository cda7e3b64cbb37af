#pragma once

#include <offhook/agent/agent_profile.hpp>
#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/ops/work_pool.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent {

/// Gets a call's context while it rings: a file is read on the pool, an address is asked over HTTP. Lives and calls back on the
/// call's conversation thread; destroying it gives up.
class ContextFetch {
 public:
  using Values = std::vector<std::pair<std::string, std::string>>;
  /// `trouble` is "" or a sentence; the call goes on either way.
  using Done = std::function<void(Values values, std::string trouble)>;
  using Post = std::function<void(std::function<void()>)>;  ///< to the conversation thread

  /// `done` is called once, never from within the constructor.
  ContextFetch(const ContextSource& source, std::string_view caller, std::string_view called, net::Edges& edges, WorkPool& pool, Post post, Done done);
  ~ContextFetch();
  ContextFetch(const ContextFetch&) = delete;
  ContextFetch& operator=(const ContextFetch&) = delete;

 private:
  struct Core;
  std::shared_ptr<Core> core_;
};

}  // namespace offhook::inline v0::agent
