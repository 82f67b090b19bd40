#pragma once
// The protocol of the system: every typed actor, one comment per handler.
//
// Replies say what is now true. A command with nothing to return replies ok. Every request has a deadline.

#include "actors/messages.hpp"

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

namespace hyakki {

/// The only writer of the store; many messages become one commit.
using store_writer_actor = caf::typed_actor<
  // Makes one step of one story durable. Answers after the data is on disk; `conflict` when somebody was faster.
  caf::replies_to<atom::commit, change>::with<atom::ok_atom>,
  // Commits what has gathered. To itself.
  caf::reacts_to<atom::flush>,
  // Puts events into the log that belong to no step of a story. Answers after they are on disk.
  caf::replies_to<atom::append, std::vector<event>>::with<atom::ok_atom>,
  // Stores how far a subscriber has come.
  caf::replies_to<atom::cursor, std::string, std::uint64_t>::with<atom::ok_atom>,
  // Forgets an operator's request that was carried out.
  caf::replies_to<atom::drop, std::uint64_t>::with<atom::ok_atom>>;

/// Tells events to one plugin, from its own cursor. Detached by the wiring.
using hook_bus_actor = caf::typed_actor<
  // There may be new events.
  caf::reacts_to<atom::nudge>,
  // Answers when the plugin was told of what is in the log now, as far as the end of the process allows.
  caf::replies_to<atom::idle>::with<atom::ok_atom>>;

/// One story's supervisor.
using story_supervisor_actor = caf::typed_actor<
  // See story_word.
  caf::reacts_to<story_word>,
  // The repository is free.
  caf::reacts_to<atom::granted, std::string>,
  // The session of a run is known.
  caf::reacts_to<atom::session, std::uint32_t, std::string>,
  // The story is to end. The reason goes into the record; true = its tracker does not want it any more.
  caf::reacts_to<atom::cancel, std::string, bool>>;

/// Leases on repositories, in order of arrival.
using repo_lock_actor = caf::typed_actor<
  // Asks for a lease: true = granted now, false = `granted` follows. Asking again is harmless.
  caf::replies_to<atom::acquire, std::string, story_supervisor_actor>::with<bool>,
  // Gives the sender's lease, or its place in the line, back.
  caf::reacts_to<atom::release, std::string, story_supervisor_actor>>;

/// Everything that touches a repository or its host. Blocks; detached by the wiring.
using publisher_actor = caf::typed_actor<
  // Makes or finds the working tree.
  caf::replies_to<atom::prepare, prepare_order>::with<prepared_tree>,
  // Hash of what lies in the tree (repository, tree).
  caf::replies_to<atom::hash, std::string, std::string>::with<std::string>,
  // The change as a diff for a reviewer (repository, tree).
  caf::replies_to<atom::diff, std::string, std::string>::with<std::string>,
  // Commits the tree; `no_changes` when it equals its base.
  caf::replies_to<atom::commit, commit_request>::with<tree_commit>,
  // Pushes the branch; true also when it was there.
  caf::replies_to<atom::push, push_order>::with<atom::ok_atom>,
  // Finds or opens the pull request.
  caf::replies_to<atom::open, pull_request_draft>::with<pull_request>,
  // A pull request as it is now (repository, id).
  caf::replies_to<atom::find, std::string, std::string>::with<pull_request>,
  // The same, with what reviewers want of it where it is open (repository, id).
  caf::replies_to<atom::feedback, std::string, std::string>::with<pull_feedback>,
  // Answers remarks in their order; says how far it came.
  caf::replies_to<atom::answer, answer_order>::with<answer_report>,
  // Gives the tree back (repository, tree, pushed commit). Never deletes without proof.
  caf::replies_to<atom::release, std::string, std::string, std::string>::with<atom::ok_atom>>;

/// One running story's hands: children of the process door.
using agent_runner_actor = caf::typed_actor<
  // Runs one session of the coding agent to its end. Tells the supervisor the session as soon as it is known.
  caf::replies_to<atom::run, agent_order>::with<run_report>,
  // Runs one configured command in the tree.
  caf::replies_to<atom::check, check_order>::with<evidence>,
  // Ends what runs now; its answer follows with `cancelled`.
  caf::reacts_to<atom::cancel>,
  // The child ended. To itself.
  caf::reacts_to<atom::ended>>;

/// One tracker. Blocks; detached by the wiring.
using tracker_gateway_actor = caf::typed_actor<
  // Stories that want to be worked on, and how others stand that are known. Fails where the first part does. Answers
  // when the tracker's changes are in the event log, so that whoever waits for the look has them told.
  caf::replies_to<atom::search, look_order>::with<found_stories>,
  // Posts comments and sets labels that are not there yet, then moves the story to a status where one is given.
  caf::replies_to<atom::report, report_order>::with<atom::ok_atom>>;

/// The one place where stories come in and are handed to supervisors.
using dispatcher_actor = caf::typed_actor<
  // Loads what an earlier life left and begins to work. True = poll for ever, false = one look at every tracker.
  caf::replies_to<atom::start, bool>::with<atom::ok_atom>,
  // Takes stories in; answers how many are new.
  caf::replies_to<atom::take_in, std::vector<story>>::with<std::uint32_t>,
  // A story needs its repository no more; only its tracker has yet to be told.
  caf::reacts_to<atom::release, story_id>,
  // A supervisor's last word.
  caf::reacts_to<atom::rested, rest_notice>,
  // An operator's words. Durable when answered.
  caf::replies_to<atom::cancel, story_id, std::string>::with<atom::ok_atom>,
  caf::replies_to<atom::retry, story_id>::with<atom::ok_atom>,
  // Time to look at requests and due times. To itself.
  caf::reacts_to<atom::tick>,
  // Time to look at the trackers. To itself.
  caf::reacts_to<atom::poll>,
  // Answers when nothing runs, nothing is ready and no poll is under way: what happened since `start`.
  caf::replies_to<atom::idle>::with<std::vector<rest_notice>, std::vector<std::string>>,
  // Ends running stories where they are; answers when all have stopped.
  caf::replies_to<atom::stop>::with<atom::ok_atom>>;

} // namespace hyakki
