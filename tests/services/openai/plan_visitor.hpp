#pragma once

#include <offhook/tests/services/openai/http_plan.hpp>
#include <offhook/tests/services/web_server.hpp>

#include <memory>

namespace offhook::services::openai {

/// Who carries the plan out on `peer`, from now on: its steps in their time.
[[nodiscard]] std::unique_ptr<Visitor> visit(Peer& peer, HttpPlan plan);

}  // namespace offhook::services::openai
