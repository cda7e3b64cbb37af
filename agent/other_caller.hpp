#pragma once

#include <offhook/sip/stack/events.hpp>

#include <string>

namespace offhook::inline v0::agent {

/// The number of a party as the agent's configuration and prompts have it: the user part of its address, unescaped; the whole address where there is none.
[[nodiscard]] std::string user_of(const std::string& uri);

/// The person whom a request within the call names (RFC 4916): the identity that a trusted peer asserts, else the claim in From.
[[nodiscard]] const sip::Party& person_of(const sip::PeerChanged& changed);

/// Name and number of `party` for a model, marked as data: "<data>Anna Meyer, 4711</data>".
[[nodiscard]] std::string named_for_model(const sip::Party& party);

}  // namespace offhook::inline v0::agent
