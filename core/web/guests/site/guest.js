/* What is nicer with a script; the page does all of its work without one. */

import "./guest_feedback.js";
import "./guest_players.js";
import { tellLocally } from "./local_times.js";

tellLocally(document);
