until flock -n /tmp/w/slot1 true || flock -n /tmp/w/slot2 true || flock -n /tmp/w/slot3 true; do sleep 0.3; done
exec /tmp/w/mvn.sh cross "$@"
